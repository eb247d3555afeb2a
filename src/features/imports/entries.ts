import type { Transaction } from '../../database/database.ts'
import { writeStatement } from '../../database/rows.ts'
import { importRecords } from '../../database/tables/index.ts'
import type { importActions } from '../../database/vocabularies.ts'

/** What an import notes of a record that it has dealt with. */
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

/** Stores the notes of an import, in the transaction that writes the records. */
export async function writeEntries(
  tx: Transaction,
  { id, scheme }: { id: string; scheme: string },
  entries: readonly EntryOfRecord[],
): Promise<void> {
  if (entries.length === 0) return
  const rows = entries.map((entry) => ({ import: id, scheme, ...entry }))
  await tx.query(writeStatement([{ kind: 'insert', table: importRecords, properties, rows }]))
}

/** The note of a record that an import makes for itself: its source, or an organization that a row names. */
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
