import type { Transaction } from '../../database/database.ts'
import type { Resource } from '../../model/resource.ts'
import { historyStatement } from '../../query/revisions.ts'
import { startSlices } from '../../time-slice.ts'
import { documentOf } from '../writing/documents.ts'
import { hashValue, noHash } from '../writing/value-hash.ts'

/** Number of versions that are read at a time. */
const pageSize = 100

/** Returns the hashes of all values that the versions of a record have, each after the name of its property. */
async function hashVersions(tx: Transaction, resource: Resource, key: string): Promise<Set<string>> {
  const hashes = new Set<string>()
  const pause = startSlices()
  for (let before: number | undefined; ; ) {
    const rows = await tx.query<{ entry: { version: number }; document: string }>(
      historyStatement(resource, key, before, pageSize),
    )
    for (const { document } of rows) {
      for (const [name, value] of Object.entries(documentOf(resource, JSON.parse(document))))
        hashes.add(`${name} ${hashValue(value)}`)
      await pause()
    }
    // Large documents make a page short, so only an empty page is beyond the last one.
    if (rows.length === 0) return hashes
    before = rows.at(-1)?.entry.version
  }
}

/**
 * Removes the hashes of values that imports have stored about a locked record, except those of values that its redacted versions
 * still have: the hashes have no salt, so anybody who reads them could test guesses of what the redaction removed.
 */
export async function redactImportedHashes(tx: Transaction, resource: Resource, key: string): Promise<void> {
  const entries = await tx.query<{ sequence: string; properties: Record<string, string> }>({
    text: 'select sequence, properties from import_records where resource = $1 and key = $2',
    values: [resource.name, key],
  })
  if (entries.length === 0) return
  const remaining = await hashVersions(tx, resource, key)
  const redacted = entries.map(({ properties }) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(properties).map(([name, hash]) => [
          name,
          remaining.has(`${name} ${hash}`) ? hash : noHash,
        ]),
      ),
    ),
  )
  await tx.query({
    text: `update import_records set digest = $3, properties = given.properties
      from unnest($1::bigint[], $2::json[]) as given(sequence, properties) where import_records.sequence = given.sequence`,
    values: [entries.map(({ sequence }) => sequence), redacted, noHash],
  })
}
