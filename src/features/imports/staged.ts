import type { DatabaseClient, Transaction } from '../../database/database.ts'
import { removeFiles } from './files.ts'

/** Removes what imports have staged. */

/** Rows that are removed by one statement. */
const batchSize = 5000

/** Removes rows of a table, with one statement after the other: the feed of changes waits for none of them for long. */
async function removeRows(
  writes: Transaction,
  { table, id, condition = 'true' }: { table: string; id: string; condition?: string },
): Promise<void> {
  for (let removed = 1; removed > 0; ) {
    const rows = await writes.query({
      text: `delete from ${table} where ctid = any(array(
          select ctid from ${table} where import = $1 and ${condition} limit ${batchSize})) returning 1`,
      values: [id],
    })
    removed = rows.length
  }
}

/**
 * Removes the staged rows and names of an import.
 * @param writes runs each statement in a transaction of its own.
 */
export async function removeStaged(writes: Transaction, id: string): Promise<void> {
  await removeRows(writes, { table: 'import_rows', id })
  await removeRows(writes, { table: 'import_names', id })
}

const eachAlone = (database: DatabaseClient): Transaction => ({
  query: (statement) => database.transaction((tx) => tx.query(statement)),
})

/**
 * Removes what a finished import does not need any more: its files, and its rows but those with faults, which people can still
 * read. Undoing needs none of them.
 */
export async function clearImport(database: DatabaseClient, id: string): Promise<void> {
  await removeFiles(database, id)
  await removeRows(eachAlone(database), {
    table: 'import_rows',
    id,
    condition: "state in ('ready', 'skipped') and faults is null",
  })
  await database.transaction((tx) =>
    tx.query({ text: 'update imports set cleared = true where id = $1', values: [id] }),
  )
}

/** Removes an import that has written nothing, with all that it has stored. */
export async function removeImport(database: DatabaseClient, id: string): Promise<void> {
  await removeFiles(database, id)
  await removeStaged(eachAlone(database), id)
  await database.transaction((tx) => tx.query({ text: 'delete from imports where id = $1', values: [id] }))
}
