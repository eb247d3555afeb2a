import { isDeepStrictEqual } from 'node:util'
import { sql } from 'drizzle-orm'
import type pg from 'pg'
import { z } from 'zod'
import { compileSql } from '../../database/dialect.ts'
import { composedJson, propertiesOf, recordProperties, shapeOf } from '../../model/document.ts'
import type { RecordKey } from '../../model/keys.ts'
import type { Registry } from '../../model/registry.ts'
import { placeholder, statement } from '../../query/statement.ts'
import { readAll } from './read-all.ts'
import { describeVersion, type IntegrityFault } from './revision-faults.ts'

interface Row extends RecordKey {
  /** Version of the last revision, and whether it removes the record; null if there is none. */
  version: number | null
  isRemoval: boolean | null
  /** Version of the record; null if there is none. */
  recordVersion: number | null
  /** The documents of the last revision and of the record. */
  revisionDocument: string | null
  recordDocument: string | null
  /** The id of the record, and the shape of its document; null if there is no record. */
  id: string | null
  shape: string | null
  /** The values of the record's columns that its document repeats, by property; each is null if there is no record. */
  columns: Record<string, string | null>
}

/** SQL of the values of `records` that a document also has as strings. The version is a number, and is compared separately. */
const copiedColumns = Object.entries(recordProperties)
  .filter(([property]) => property !== 'version')
  .map(([property, column]) => ({ property, text: compileSql(column).text }))

/** SQL conditions that a document has the values of the columns. They search its text, since the text may not be JSON. */
const columnConditions = copiedColumns.map(
  ({ property, text }) => `position('"${property}":"' || ${text} || '"' in records.document) > 0`,
)

/**
 * Finds records that differ from their last revisions, or whose columns differ from their documents. The last write of a
 * record without a shape bypassed the service, and its revision is not written yet, so this record is not compared.
 */
const differingRecordsQuery = `
  select coalesce(last.resource, records.resource) as resource, coalesce(last.key, records.key) as key,
    last.version, last.operation = 'remove' as "isRemoval", records.version as "recordVersion",
    revisions.document::text as "revisionDocument", records.document as "recordDocument", records.id, records.shape,
    json_build_object(${copiedColumns.map(({ property, text }) => `'${property}', ${text}`).join(', ')}) as columns
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
      and revisions.document::text = records.document and ${columnConditions.join(' and ')}) is not true
  end`

type Document = Record<string, unknown>

const jsonObject = z.record(z.string(), z.unknown())

/** Parses a stored document. Returns undefined if somebody has stored a text that is not a JSON object. */
function parseDocument(text: string | null | undefined): Document | undefined {
  try {
    return jsonObject.safeParse(JSON.parse(text ?? '{}')).data
  } catch {
    return undefined
  }
}

const listPointers = (properties: readonly string[]) =>
  properties.map((property) => `/${property}`).join(', ')

/** Explains how records differ from their last revisions. */
class RecordComparison {
  readonly #client: pg.ClientBase
  readonly #registry: Registry

  constructor(client: pg.ClientBase, registry: Registry) {
    this.#client = client
    this.#registry = registry
  }

  /** Composes the document of a record from the tables. @returns undefined if the document was stored in another shape. */
  async #compose({ resource: name, id, shape }: Row): Promise<Document | undefined> {
    const resource = this.#registry.find(name)
    if (!resource || shape !== shapeOf(resource)) return undefined
    const build = () =>
      sql`select ${composedJson(resource, propertiesOf(resource))} as document from ${resource.table}
        where ${resource.id} = ${placeholder('id')}::uuid`
    const composing = statement(`compose|${resource.name}|${shape}`, build, { id })
    const { rows } = await this.#client.query<{ document: string }>(composing)
    return parseDocument(rows[0]?.document)
  }

  /**
   * Returns the properties that differ. If only one document has a property, a changed declaration may be the reason: then
   * the property differs only if the record has another value than the tables.
   */
  async #findDifferingProperties(row: Row, before: Document, after: Document): Promise<string[]> {
    const propertySchemas = this.#registry.find(row.resource)?.document.shape
    const isShared = (property: string) => Object.hasOwn(before, property) && Object.hasOwn(after, property)
    // An older version of the service may have stored another form of a value. The current schema accepts both.
    const isSameInCurrentForm = (property: string) =>
      isDeepStrictEqual(propertySchemas?.[property]?.safeParse(before[property]).data, after[property])
    const differing = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (property) =>
        !isDeepStrictEqual(before[property], after[property]) &&
        !(isShared(property) && isSameInCurrentForm(property)),
    )
    if (differing.every(isShared)) return differing
    const composed = await this.#compose(row)
    return differing.filter((property) =>
      isShared(property) ? true : composed && !isDeepStrictEqual(after[property], composed[property]),
    )
  }

  /**
   * Returns how a record differs from its last revision, or its columns from its document; undefined if only the
   * declaration of its resource was changed.
   */
  async explain(row: Row): Promise<string | undefined> {
    const { isRemoval, version, recordVersion } = row
    if (version === null) return 'the record has no revision'
    if (recordVersion === null) return 'the record is missing, although its last revision does not remove it'
    if (isRemoval) return 'the record exists, although its last revision removes it'
    if (version !== recordVersion)
      return `the record is at version ${recordVersion}, and its last revision is ${version}: revisions are missing, or the record was changed`
    const before = parseDocument(row.revisionDocument)
    if (!before) return 'the document of its last revision is not a JSON object'
    const after = parseDocument(row.recordDocument)
    if (!after) return 'the document of the record is not a JSON object'
    const differing = await this.#findDifferingProperties(row, before, after)
    if (differing.length > 0) return `the record differs from its last revision: ${listPointers(differing)}`
    const copied = Object.keys(row.columns).filter(
      (property) => Object.hasOwn(after, property) && after[property] !== row.columns[property],
    )
    return copied.length > 0
      ? `the columns of the record differ from its document: ${listPointers(copied)}`
      : undefined
  }
}

/** Yields a fault for each record that differs from its last revision, or whose columns differ from its document. */
export async function* findRecordFaults(
  client: pg.ClientBase,
  registry: Registry,
): AsyncGenerator<IntegrityFault> {
  const comparison = new RecordComparison(client, registry)
  for await (const row of readAll<Row>(client, 'differing_records', differingRecordsQuery)) {
    const message = await comparison.explain(row)
    const version = row.version ?? row.recordVersion ?? 0
    if (message) yield { subject: describeVersion({ ...row, version }), message }
  }
}
