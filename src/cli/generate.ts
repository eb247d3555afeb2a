import { type AddCommand, createDatabaseOption, openAndMigrateDatabase, parseCount } from './context.ts'

interface GenerateOptions {
  agreements: number
  seed: number
  create?: boolean
}

/**
 * `entente generate` adds the missing reference data, and made-up agreements with related records, to test the registry with
 * many records.
 */
export const addGenerate: AddCommand = (program, context) => {
  program
    .command('generate')
    .description('add made-up agreements and related records, to test with many records')
    .requiredOption('--agreements <number>', 'how many agreements, such as 1000000', parseCount)
    .option(
      '--seed <number>',
      'seed of the random numbers; the same seed and number of agreements produce the same records',
      parseCount,
      1,
    )
    .addOption(createDatabaseOption())
    .action(async ({ agreements, seed, ...options }: GenerateOptions) => {
      const database = await openAndMigrateDatabase(context, options)
      const [{ withLock }, { seed: seedReferenceData }, { generate }] = await Promise.all([
        import('../database/lock.ts'),
        import('../features/seeding/seed.ts'),
        import('../features/generating/generate.ts'),
      ])
      // While records are generated, no other process seeds, generates or restores.
      const warning = await withLock(database, 'seed', async () => {
        await seedReferenceData(database, 'reference')
        return generate(database, agreements, seed)
      })
      if (warning !== undefined) context.printNote(warning)
      await context.print(`Agreements generated: ${agreements}, plus related records.`)
    })
}
