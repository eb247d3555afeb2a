import { open } from 'node:fs/promises'
import { failure, OperationalError } from '../operational-error.ts'
import { type AddCommand, createDatabaseOption, openAndMigrateDatabase } from './context.ts'

/** `entente restore FILE` restores an archive of the whole registry into an empty registry. */
export const addRestore: AddCommand = (program, context) => {
  program
    .command('restore <file>')
    .description('restore an archive of `entente export --all` into an empty registry')
    .addOption(createDatabaseOption())
    .action(async (name: string, options: { create?: boolean }) => {
      const summary = `the archive ${name} cannot be read`
      const file = await open(name).catch((error: unknown) => {
        throw failure(summary, error)
      })
      if ((await file.stat()).isDirectory()) {
        await file.close()
        throw new OperationalError(`${summary}: it is a folder`)
      }
      const database = await openAndMigrateDatabase(context, options)
      const [{ withLock }, { restoreArchive }] = await Promise.all([
        import('../database/lock.ts'),
        import('../features/archive/restore.ts'),
      ])
      // During the restore, no other process seeds, generates or restores.
      const warning = await withLock(database, 'seed', () =>
        restoreArchive(database, file.createReadStream()),
      )
      if (warning !== undefined) context.printNote(warning)
      await context.print(`Restored: ${name}`)
    })
}
