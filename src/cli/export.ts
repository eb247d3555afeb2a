import { open, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { OperatorError } from '../operator-error.ts'
import { type AddCommand, openAndMigrateDatabase } from './context.ts'

/** `entente export --all FILE` writes the whole registry as one archive, which `entente restore` reads. */
export const addExport: AddCommand = (program, context) => {
  program
    .command('export')
    .description('write the whole registry with its history to one archive, without API keys')
    .requiredOption('--all <file>', 'the file to write, which must not exist')
    .action(async ({ all }: { all: string }) => {
      const database = await openAndMigrateDatabase(context, {})
      const { exportArchive } = await import('../features/archive/export.ts')
      const refuse = (cause: unknown): never => {
        throw new OperatorError(`the archive cannot be written to a new file ${all}: ${cause}`, { cause })
      }
      const file = await open(all, 'wx').catch(refuse)
      try {
        await exportArchive(database, (chunks) =>
          pipeline(Readable.from(chunks, { objectMode: false }), file.createWriteStream()),
        )
      } catch (cause) {
        await file.close()
        await rm(all, { force: true })
        refuse(cause)
      }
      await context.print(`Archived: ${all}`)
    })
}
