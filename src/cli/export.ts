import { open, rm } from 'node:fs/promises'
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
      const opening = open(all, 'wx')
      let isComplete = false
      const removeIncomplete = async () => {
        const isCreated = await opening.then(
          () => true,
          () => false,
        )
        if (isCreated && !isComplete) await rm(all, { force: true })
      }
      context.onClose(removeIncomplete, { outlivesProcess: true })
      const file = await opening.catch(refuse)
      try {
        await exportArchive(database, async (chunks) => {
          for await (const chunk of chunks) await file.writeFile(chunk).catch(refuse)
        })
      } finally {
        await file.close().catch(refuse)
      }
      isComplete = true
      await context.print(`Archived: ${all}`)
    })
}
