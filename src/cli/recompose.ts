import { type AddCommand, createDatabaseOption, openAndMigrateDatabase } from './context.ts'

/**
 * `entente recompose` recomposes the documents that are out of date: their record was changed directly in the database, or
 * the declaration of their resource has changed since they were stored.
 */
export const addRecompose: AddCommand = (program, context) => {
  program
    .command('recompose')
    .description('bring the schema up to date and recompose the stored documents that are out of date')
    .addOption(createDatabaseOption())
    .action(async (options: { create?: boolean }) => {
      const database = await openAndMigrateDatabase(context, options)
      const [{ recompose }, { registry }] = await Promise.all([
        import('../features/recompose/recompose.ts'),
        import('../resources/registry.ts'),
      ])
      const count = await recompose(database, registry, context.signal)
      await context.print(`${count} ${count === 1 ? 'document' : 'documents'} recomposed.`)
    })
}
