import { readFile } from 'node:fs/promises'
import type { NamedSeal } from '../features/integrity/seal-faults.ts'
import { failure, OperationalError } from '../operational-error.ts'
import { type AddCommand, openAndMigrateDatabase } from './context.ts'
import { describeSpeed } from './speed.ts'

async function readSeal(file: string): Promise<NamedSeal> {
  const { parseSeal } = await import('../features/integrity/seal.ts')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw failure(`the seal ${file} cannot be read`, error)
  })
  return { name: file, seal: parseSeal(text, file) }
}

/**
 * `entente verify` finds revisions that do not match their hashes, records that differ from their last revision, and seals that
 * the feed of changes does not match. Fails if there are any.
 */
export const addVerify: AddCommand = (program, context) => {
  program
    .command('verify')
    .description(
      'check the hashes of revisions, and compare records with their last revision and the feed with seals',
    )
    .option('--seal <files...>', 'files with seals that the feed of changes must match')
    .action(async ({ seal: files = [] }: { seal?: string[] }) => {
      const seals = await Promise.all(files.map(readSeal))
      const database = await openAndMigrateDatabase(context)
      const [{ verify }, { registry }] = await Promise.all([
        import('../features/integrity/verify.ts'),
        import('../resources/registry.ts'),
      ])
      const startedAt = performance.now()
      const { revisions, waiting, faults } = await verify(database, registry, seals, ({ subject, message }) =>
        context.print(`${subject}: ${message}`),
      )
      const speed = describeSpeed(revisions, performance.now() - startedAt)
      if (waiting > 0)
        await context.print(
          `Records that were not compared, since they were changed directly in the database and the revision of this change is not written yet: ${waiting}.`,
        )
      if (faults > 0)
        throw new OperationalError(`${faults === 1 ? 'one fault' : `${faults} faults`} found in ${speed}`)
      const andSeals = seals.length > 0 ? ' and the seals' : ''
      await context.print(`No fault found: ${speed} match their hashes${andSeals}.`)
    })
}
