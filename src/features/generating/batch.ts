import type { PgTable } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { copyRows } from '../../database/copy-rows.ts'
import type { Row } from '../../database/rows.ts'
import { records, revisions } from '../../database/tables/index.ts'
import type { Author } from '../../database/tables/revisions.ts'
import { addTo } from '../../group-by.ts'
import { shapeOf } from '../../model/document.ts'
import { lazyFor } from '../../model/lazy.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Document } from '../../operations/writing/documents.ts'
import {
  composeRecords,
  type RecordToWrite,
  toListRows,
  toResourceRow,
} from '../../operations/writing/split.ts'

/** The actor of the revisions of generated records. */
const generator: Author = { kind: 'seed', id: null, name: 'entente generate' }
const actor = JSON.stringify(generator)

/** Returns the defaults of the properties of a resource; null for a property without a default. */
const getDefaults = lazyFor(
  (resource: Resource): Document =>
    Object.fromEntries(
      Object.entries(resource.document.shape).map(([name, schema]) => [
        name,
        schema.safeParse(undefined).data ?? null,
      ]),
    ),
)

/** Collects new records, and writes them with COPY. */
export class Batch {
  readonly #registry: Registry
  readonly #time: string
  readonly #recordsByResource = new Map<string, RecordToWrite[]>()

  /** @param time the time of all changes of the transaction, RFC 3339. */
  constructor(registry: Registry, time: string) {
    this.#registry = registry
    this.#time = time
  }

  /** Adds a record of a resource whose keys the registry assigns. Missing properties get their defaults. */
  add(resource: string, id: string, document: Document): void {
    const record: RecordToWrite = {
      id,
      key: id,
      version: 1,
      createdAt: this.#time,
      updatedAt: this.#time,
      document: { ...getDefaults(this.#registry.get(resource)), ...document },
    }
    addTo(this.#recordsByResource, resource, record)
  }

  /** Writes the records with the rows of their lists and their first revisions. Call it once: the batch keeps the records. */
  async write(client: pg.ClientBase): Promise<void> {
    const recordRows: Row[] = []
    const revisionRows: Row[] = []
    const tables = new Map<PgTable, Row[]>()
    for (const resource of this.#registry.resources) {
      const written = composeRecords(resource, this.#recordsByResource.get(resource.name) ?? [])
      const shape = shapeOf(resource)
      for (const { id, key, version, composed, createdAt, updatedAt } of written) {
        const common = { resource: resource.name, key, version, document: composed }
        recordRows.push({ ...common, id, shape, createdAt, updatedAt })
        revisionRows.push({ ...common, time: updatedAt, operation: 'create', actor })
      }
      tables.set(
        resource.table,
        written.map((record) => toResourceRow(resource, record)),
      )
    }
    for (const resource of this.#registry.resources) {
      for (const { table, rows } of toListRows(resource, this.#recordsByResource.get(resource.name) ?? []))
        tables.set(table, (tables.get(table) ?? []).concat(rows))
    }
    // Each table comes after the tables to which its rows refer: `records`, the tables of resources, the tables of lists.
    await copyRows(client, records, recordRows)
    for (const [table, rows] of tables) await copyRows(client, table, rows)
    await copyRows(client, revisions, revisionRows)
  }
}
