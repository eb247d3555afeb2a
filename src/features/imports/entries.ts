import type { Transaction } from '../../database/database.ts'
import { writeStatement } from '../../database/rows.ts'
import { importRecords } from '../../database/tables/index.ts'
import type { importActions } from '../../database/vocabularies.ts'

/** The entry of an import about a record that it has processed. */
export interface EntryOfRecord {
  resource: string
  key: string
  /** The row that the entry is for; null for entries of the import itself. */
  row: number | null
  action: (typeof importActions)[number]
  versionBefore: number | null
  versionAfter: number
  digest: string
  properties: Record<string, string>
  kept: string[] | null
  citation: string | null
}

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
  entries: readonly EntryOfRecord[],
): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map((entry) => ({ import: id, scheme, ...entry }))
  await tx.query(writeStatement([{ kind: 'insert', table: importRecords, properties, rows }]))
}

/** The entry of a record that is created for the whole import, not for a row: its source, or an organization that rows name. */
export const ownEntry = (resource: string, key: string, version: number): EntryOfRecord => ({
  resource,
  key,
  row: null,
  action: 'create',
  versionBefore: null,
  versionAfter: version,
  digest: '',
  properties: {},
  kept: null,
  citation: null,
})
