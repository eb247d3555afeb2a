import { type AddCommand, openAndMigrateDatabase, parseFileName } from './context.ts'
import { writeNewFile } from './new-file.ts'

/** `entente export --all FILE` writes the whole registry as one archive, which `entente restore` reads. */
export const addExport: AddCommand = (program, context) => {
  program
    .command('export')
    .description('write the whole registry with its history to one archive, without API keys')
    .requiredOption('--all <file>', 'the file to write, which must not exist', parseFileName)
    .action(async ({ all }: { all: string }) => {
      const database = await openAndMigrateDatabase(context)
      const { exportArchive } = await import('../features/archive/export.ts')
      // The archive contains internal records, so only the owner of the file may read it.
      await writeNewFile(context, { path: all, noun: 'the archive', mode: 0o600 }, (append) =>
        exportArchive(database, async (chunks) => {
          for await (const chunk of chunks) await append(chunk)
        }),
      )
      await context.print(`Archived: ${all}`)
    })
}
