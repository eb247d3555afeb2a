import type { PgTable } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import type { Row } from '../../database/rows.ts'
import { records, revisions } from '../../database/tables/index.ts'
import type { Author } from '../../database/tables/revisions.ts'
import { shapeOf } from '../../model/document.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { composeDocument, ownRow, partRows, type WrittenRecord } from '../../operations/writing/split.ts'
import { copyRows } from './copy.ts'

/** Whom histories name for what was generated. */
const generator: Author = { kind: 'seed', id: null, name: 'entente generate' }

/** What properties are when they are left out, by resource. */
const defaults = new WeakMap<Resource, Document>()

function defaultsOf(resource: Resource): Document {
  const known = defaults.get(resource)
  if (known) return known
  const made = Object.fromEntries(
    Object.entries(resource.document.shape).map(([name, schema]) => [
      name,
      schema.safeParse(undefined).data ?? null,
    ]),
  )
  defaults.set(resource, made)
  return made
}

/** The time in a UUIDv7 (RFC 9562, section 5.7): generated records say that they were made then. */
const timeOf = (id: string): string =>
  new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString()

/** New records, which are written together by COPY. */
export class Batch {
  readonly #registry: Registry
  readonly #time: string
  readonly #written = new Map<string, WrittenRecord[]>()

  /** @param time of all changes of the transaction, RFC 3339. */
  constructor(registry: Registry, time: string) {
    this.#registry = registry
    this.#time = time
  }

  add(resource: string, id: string, document: Document): void {
    const record: WrittenRecord = {
      id,
      key: id,
      version: 1,
      createdAt: timeOf(id),
      updatedAt: this.#time,
      document: { ...defaultsOf(this.#registry.get(resource)), ...document },
    }
    const others = this.#written.get(resource)
    if (others) others.push(record)
    else this.#written.set(resource, [record])
  }

  /** Writes the records with all that belongs to them and the beginning of their history. */
  async write(client: pg.ClientBase): Promise<void> {
    const recordRows: Row[] = []
    const revisionRows: Row[] = []
    const own: [PgTable, Row[]][] = []
    const parts = new Map<PgTable, Row[]>()
    for (const resource of this.#registry.resources) {
      const written = this.#written.get(resource.name) ?? []
      for (const record of written) {
        const { id, key, version, createdAt, updatedAt } = record
        const document = composeDocument(resource, record)
        const shape = shapeOf(resource)
        recordRows.push({ id, resource: resource.name, key, version, document, shape, createdAt, updatedAt })
        const entry = { resource: resource.name, key, version, document, time: updatedAt }
        revisionRows.push({ ...entry, operation: 'create', actor: generator })
      }
      own.push([resource.table, written.map((record) => ownRow(resource, record))])
      for (const { table, rows } of partRows(resource, written))
        parts.set(table, [...(parts.get(table) ?? []), ...rows])
    }
    // Records first, since all else refers to them; parts last, since they refer to other records.
    await copyRows(client, records, recordRows)
    for (const [table, rows] of [...own, ...parts]) await copyRows(client, table, rows)
    await copyRows(client, revisions, revisionRows)
  }
}
