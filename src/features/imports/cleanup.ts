import type { Database, DatabaseClient, StatementRunner, Transaction } from '../../database/database.ts'
import { withSchemeLock } from './lock.ts'
import { lockImport } from './steps.ts'
import type { ImportJob } from './store.ts'

/** Removes the stored files, staged rows and other data of imports. */

/** Number of rows that one statement removes. */
const batchSize = 5000

/** Number of parts of files that one statement removes. Each part has up to a mebibyte. */
const fileBatchSize = 64

/**
 * Removes rows of an import from a table, with one short statement after another, since the feed of changes waits for each.
 * @param runner runs each statement in a separate transaction.
 */
async function removeRows(
  runner: StatementRunner,
  {
    table,
    id,
    condition = 'true',
    limit = batchSize,
  }: { table: string; id: string; condition?: string; limit?: number },
): Promise<void> {
  let removed: unknown[]
  do {
    removed = await runner.query({
      text: `delete from ${table} where ctid = any(array(
          select ctid from ${table} where import = $1 and ${condition} limit ${limit})) returning 1`,
      values: [id],
    })
  } while (removed.length > 0)
}

/** Removes the staged rows and names of an import. @param runner runs each statement in a separate transaction. */
export async function removeStaged(runner: StatementRunner, id: string): Promise<void> {
  await removeRows(runner, { table: 'import_rows', id })
  await removeRows(runner, { table: 'import_names', id })
}

/** Returns a runner that runs each statement in a separate transaction. */
const inSeparateTransactions = (database: DatabaseClient): StatementRunner => ({
  query: (statement) => database.transaction((tx) => tx.query(statement)),
})

/** Removes the stored files of an import. */
export const removeFiles = (database: DatabaseClient, id: string): Promise<void> =>
  removeRows(inSeparateTransactions(database), { table: 'import_files', id, limit: fileBatchSize })

/** Removes the list of the records that the file of an import lacks. */
export const removeMissingList = (database: DatabaseClient, id: string): Promise<void> =>
  removeRows(inSeparateTransactions(database), { table: 'import_missing', id })

/**
 * Removes the files of a finished import, and its rows except refused rows, waiting rows and rows with dropped values, which
 * people can still read. An undo needs no rows.
 */
export async function clearImport(database: DatabaseClient, id: string): Promise<void> {
  await removeFiles(database, id)
  await removeRows(inSeparateTransactions(database), {
    table: 'import_rows',
    id,
    condition: "state in ('ready', 'skipped') and faults is null",
  })
  await database.transaction((tx) =>
    tx.query({ text: 'update imports set cleared = true where id = $1', values: [id] }),
  )
}

/**
 * Sets an import to `failed` before `removeData` removes its rows in several transactions. Otherwise, the import could be
 * committed with only some of its rows during the removal, or after an interrupted one. A process that reads or checks the
 * rows stops when it finds the new state. The import counts as cleared, so that no other process removes its rows.
 */
export async function beginRemoval(tx: Transaction, id: string): Promise<void> {
  const failure = 'The deletion of the import has begun. If it was interrupted, delete the import again.'
  await tx.query({
    text: "update imports set state = 'failed', failure = $2, cleared = true where id = $1",
    values: [id, failure],
  })
}

/** Removes the files, rows and names of an import, in short transactions: a long one would delay the feed of changes. */
export async function removeData(database: DatabaseClient, id: string): Promise<void> {
  await removeFiles(database, id)
  await removeStaged(inSeparateTransactions(database), id)
}

/**
 * Removes an import whose upload is not needed, because it was refused, repeated or abandoned, with its files, rows and names. An
 * import that is not `uploaded` any more stays as it is.
 */
export async function removeUpload(database: DatabaseClient, id: string): Promise<void> {
  const job = await database.transaction((tx) => lockImport(tx, id))
  if (job?.state !== 'uploaded') return
  await removeData(database, id)
  await database.transaction((tx) =>
    tx.query({ text: "delete from imports where id = $1 and state = 'uploaded'", values: [id] }),
  )
}

/**
 * Removes uploads that are incomplete (`uploaded`) after a day, at most 100. An import is left until the next call if another
 * process works on its scheme: the command line may be reading its local file, and would go on with a part of the rows.
 */
export async function removeStaleUploads(database: Database): Promise<void> {
  const stale = await database.read<Pick<ImportJob, 'id' | 'scheme'>>({
    text: `select id, scheme from imports where state = 'uploaded' and created_at < now() - interval '1 day' order by id limit 100`,
  })
  for (const { id, scheme } of stale) await withSchemeLock(database, scheme, () => removeUpload(database, id))
}
