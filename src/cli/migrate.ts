import { type AddCommand, createDatabaseOption, openAndMigrateDatabase } from './context.ts'

/** `entente migrate` brings the database's schema up to date. */
export const addMigrate: AddCommand = (program, context) => {
  program
    .command('migrate')
    .description("bring the database's schema up to date")
    .addOption(createDatabaseOption())
    .action(async (options: { create?: boolean }) => {
      await openAndMigrateDatabase(context, options)
      await context.print('The schema is up to date.')
    })
}
