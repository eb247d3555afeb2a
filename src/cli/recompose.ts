import { type AddCommand, type CreateOption, createOption, openMigratedDatabase } from './context.ts'

/** `entente recompose` recomposes every stored document that an older declaration of its resource composed. */
export const addRecompose: AddCommand = (program, context) => {
  program
    .command('recompose')
    .description('bring the schema up to date and compose every document of another shape again')
    .addOption(createOption())
    .action(async (options: CreateOption) => {
      const database = await openMigratedDatabase(context, options)
      const [{ recompose }, { registry }] = await Promise.all([
        import('../features/recompose/recompose.ts'),
        import('../resources/registry.ts'),
      ])
      const count = await recompose(database, registry, { signal: context.signal })
      context.print(`${count} documents composed.`)
    })
}
