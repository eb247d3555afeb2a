import { Argument } from 'commander'
import type { SeedSet } from '../features/seeding/files.ts'
import { type AddCommand, createDatabaseOption, openAndMigrateDatabase } from './context.ts'

/** `entente seed` adds the records of a seed set that are missing in the registry. */
export const addSeed: AddCommand = (program, context) => {
  program
    .command('seed')
    .description('bring the schema up to date and add the missing records of a set')
    .addArgument(
      new Argument('[set]', 'all, or only the reference data: countries, regions and topics')
        .choices(['all', 'reference'])
        .default('all'),
    )
    .addOption(createDatabaseOption())
    .action(async (set: SeedSet, options: { create?: boolean }) => {
      const database = await openAndMigrateDatabase(context, options)
      const [{ withLock }, { seed }] = await Promise.all([
        import('../database/lock.ts'),
        import('../features/seeding/seed.ts'),
      ])
      const { created, present } = await withLock(database, 'seed', () => seed(database, set))
      await context.print(
        `${created} ${created === 1 ? 'record' : 'records'} created, ${present} already present.`,
      )
    })
}
