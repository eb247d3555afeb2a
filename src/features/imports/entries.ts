import type { Transaction } from '../../database/database.ts'
import { writeStatement } from '../../database/rows.ts'
import { importRecords } from '../../database/tables/index.ts'
import { noHash } from '../../operations/writing/value-hash.ts'

/** An entry of `import_records`: what an import did with a record. */
export type RecordEntry = Omit<typeof importRecords.$inferSelect, 'sequence' | 'import' | 'scheme' | 'undone'>

const properties = [
  'import',
  'scheme',
  'resource',
  'key',
  'row',
  'action',
  'versionBefore',
  'versionAfter',
  'digest',
  'properties',
  'kept',
  'citation',
]

/** Stores entries of an import, in the transaction that writes the records. */
export async function writeEntries(
  tx: Transaction,
  { id, scheme }: { id: string; scheme: string },
  entries: readonly RecordEntry[],
): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map((entry) => ({ import: id, scheme, ...entry }))
  await tx.query(writeStatement([{ kind: 'insert', table: importRecords, properties, rows }]))
}

/** Returns the entry of a created record that no row describes: the source of the import, or a record for a name in rows. */
export const entryWithoutRow = (resource: string, key: string, version: number): RecordEntry => ({
  resource,
  key,
  row: null,
  action: 'create',
  versionBefore: null,
  versionAfter: version,
  digest: noHash,
  properties: {},
  kept: null,
  citation: null,
})
