import {
  type AddCommand,
  type CreateDatabaseOption,
  createDatabaseOption,
  openAndMigrateDatabase,
} from './context.ts'

/** `entente recompose` recomposes the stored documents that were composed by an older declaration of their resource. */
export const addRecompose: AddCommand = (program, context) => {
  program
    .command('recompose')
    .description('bring the schema up to date and recompose the documents of older declarations')
    .addOption(createDatabaseOption())
    .action(async (options: CreateDatabaseOption) => {
      const database = await openAndMigrateDatabase(context, options)
      const [{ recompose }, { registry }] = await Promise.all([
        import('../features/recompose/recompose.ts'),
        import('../resources/registry.ts'),
      ])
      const count = await recompose(database, registry, { signal: context.signal })
      context.print(`${count} documents composed.`)
    })
}
