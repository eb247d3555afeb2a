import {
  type AddCommand,
  type CreateDatabaseOption,
  createDatabaseOption,
  openAndMigrateDatabase,
} from './context.ts'

/**
 * `entente recompose` recomposes the documents of records whose last write bypassed the service, and the documents that
 * a version of the service with another declaration of their resource has stored.
 */
export const addRecompose: AddCommand = (program, context) => {
  program
    .command('recompose')
    .description('bring the schema up to date and recompose the stored documents that are out of date')
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
