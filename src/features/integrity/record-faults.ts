import { isDeepStrictEqual } from 'node:util'
import type pg from 'pg'
import { z } from 'zod'
import { readAll } from './read-all.ts'
import { type IntegrityFault, subjectOf } from './revision-faults.ts'

interface Row {
  resource: string
  key: string
  /** Version of the last revision, and whether it removes the record; null if there is none. */
  version: number | null
  isRemoval: boolean | null
  /** Version of the record; null if there is none. */
  recordVersion: number | null
  /** The documents of the last revision and of the record. */
  revisionDocument: string | null
  recordDocument: string | null
}

/**
 * Finds records that differ from their last revisions. The last write of a record without a shape bypassed the service, and
 * its revision is not written yet, so it is not compared.
 */
const differingRecordsQuery = `
  select coalesce(last.resource, records.resource) as resource, coalesce(last.key, records.key) as key,
    last.version, last.operation = 'remove' as "isRemoval", records.version as "recordVersion",
    revisions.document::text as "revisionDocument", records.document as "recordDocument"
  from (
    select distinct on (resource, key) resource, key, version, operation, sequence from revisions
    order by resource, key, version desc
  ) last
  -- A merged record keeps its row, but counts as removed.
  full join (select * from records where merged_into is null) as records on records.resource = last.resource and records.key = last.key
  left join revisions on revisions.sequence = last.sequence
  where case
    when records.id is null then last.operation <> 'remove'
    when records.shape is null then false
    else (last.operation <> 'remove' and last.version = records.version
      and revisions.document::text = records.document) is not true
  end`

const jsonObject = z.record(z.string(), z.unknown())

/** Returns the properties that differ. Properties of only one document are ignored: their declaration was changed. */
function differingProperties(one: string | null, other: string | null): string[] {
  const [before, after] = [one, other].map((document) => jsonObject.parse(JSON.parse(document ?? '{}')))
  if (!before || !after) return []
  const shared = Object.keys(before).filter((property) => Object.hasOwn(after, property))
  return shared.filter((property) => !isDeepStrictEqual(before[property], after[property]))
}

function explain({ isRemoval, version, recordVersion, ...row }: Row): string | undefined {
  if (version === null) return 'the record has no revision'
  if (recordVersion === null) return 'the record is missing, although its last revision does not remove it'
  if (isRemoval) return 'the record exists, although its last revision removes it'
  if (version !== recordVersion)
    return `the record is at version ${recordVersion}, and its last revision is ${version}: revisions are missing, or the record was changed`
  const differing = differingProperties(row.revisionDocument, row.recordDocument)
  if (differing.length === 0) return undefined
  const pointers = differing.map((property) => `/${property}`)
  return `the record differs from its last revision: ${pointers.join(', ')}`
}

/** Yields a fault for each record that differs from its last revision. */
export async function* findRecordFaults(client: pg.ClientBase): AsyncGenerator<IntegrityFault> {
  for await (const row of readAll<Row>(client, 'differing_records', differingRecordsQuery)) {
    const message = explain(row)
    const version = row.version ?? row.recordVersion ?? 0
    if (message) yield { subject: subjectOf({ ...row, version }), message }
  }
}
