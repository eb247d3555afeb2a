import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import { z } from 'zod'
import { readAll } from './read-all.ts'
import { type IntegrityFault, subjectOf } from './revision-faults.ts'

interface Row {
  resource: string
  key: string
  /** Of the last revision; null where there is none. */
  version: number | null
  isRemoval: boolean | null
  /** Of the record; null where there is none. */
  recordVersion: number | null
  /** The document of the last revision, and that of the record. */
  revisionDocument: string | null
  recordDocument: string | null
}

/**
 * The records that are not what their last revisions say. The last write of a record without a shape bypassed the service,
 * and its revision is still to be written.
 */
const differingRecords = `
  select coalesce(last.resource, records.resource) as resource, coalesce(last.key, records.key) as key,
    last.version, last.operation = 'remove' as "isRemoval", records.version as "recordVersion",
    revisions.document::text as "revisionDocument", records.document as "recordDocument"
  from (
    select distinct on (resource, key) resource, key, version, operation, sequence from revisions
    order by resource, key, version desc
  ) last
  -- The row of a merged record is that of no record.
  full join (select * from records where merged_into is null) as records on records.resource = last.resource and records.key = last.key
  left join revisions on revisions.sequence = last.sequence
  where case
    when records.id is null then last.operation <> 'remove'
    when records.shape is null then false
    else (last.operation <> 'remove' and last.version = records.version
      and revisions.document::text = records.document) is not true
  end`

const json = z.record(z.string(), z.unknown())

/** The properties that differ. One that only one document has is ignored, since that was written under another declaration. */
function differingProperties(one: string | null, other: string | null): string[] {
  const [before, after] = [one, other].map((document) => json.parse(JSON.parse(document ?? '{}')))
  if (!before || !after) return []
  const shared = Object.keys(before).filter((property) => Object.hasOwn(after, property))
  return shared.filter((property) => !isDeepStrictEqual(before[property], after[property]))
}

function explain({ isRemoval, version, recordVersion, ...row }: Row): string | undefined {
  if (version === null) return 'the record has no revision'
  if (recordVersion === null) return 'the record is missing, although its last revision does not remove it'
  if (isRemoval) return 'the record is there, although its last revision removes it'
  if (version !== recordVersion)
    return `the record is at version ${recordVersion}, and its last revision is ${version}: revisions are missing, or the record was changed`
  const differing = differingProperties(row.revisionDocument, row.recordDocument)
  if (differing.length === 0) return undefined
  return `the record is not what its last revision says: ${differing.map((property) => `/${property}`).join(', ')}`
}

/** Yields the records of today that are not what their last revisions say. */
export async function* findRecordFaults(client: pg.ClientBase): AsyncGenerator<IntegrityFault> {
  for await (const row of readAll<Row>(client, 'differing_records', differingRecords)) {
    const message = explain(row)
    const version = row.version ?? row.recordVersion ?? 0
    if (message) yield { subject: subjectOf({ ...row, version }), message }
  }
}
