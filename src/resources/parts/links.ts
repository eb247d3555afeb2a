import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { columnOf } from '../../database/columns.ts'
import { externalIds } from '../../database/tables/external-ids.ts'
import { topicLinks } from '../../database/tables/topic-links.ts'
import { jsonList, jsonRows, type RowsPart, rowsPart } from './part.ts'

/** Property of the shared tables that holds the key of a subject. */
export type CooperationOwner = 'agreementId' | 'projectId' | 'cooperationBaseId' | 'assistanceProgramId'
export type IdentifiedOwner = CooperationOwner | 'organizationId' | 'sourceId' | 'citationId' | 'figureId'

/** A list of keys of other records, kept in a table of pairs. */
export function keyListPart(options: {
  table: PgTable
  owner: string
  property: string
  key: AnyPgColumn
}): RowsPart<string[]> {
  const { table, owner, property, key } = options
  const keys = sql`select ${columnOf(table, property)} from ${table} where ${columnOf(table, owner)} = ${key} order by ${columnOf(table, 'position')}`
  return rowsPart({
    table,
    owner,
    json: jsonList(keys),
    rows: (list: string[]) => list.map((value) => ({ [property]: value })),
  })
}

/** The topics of a record, as slugs. */
export const topicsPart = (owner: CooperationOwner, key: AnyPgColumn) =>
  keyListPart({ table: topicLinks, owner, property: 'topic', key })

/**
 * A list of plain objects, kept as rows of one table whose properties are named as theirs.
 * @param properties of the objects, in the order in which they are shown.
 */
export function objectListPart<Item extends Record<string, unknown>>(options: {
  table: PgTable
  owner: string
  properties: (keyof Item & string)[]
  key: AnyPgColumn
}): RowsPart<Item[]> {
  const { table, owner, properties, key } = options
  return rowsPart({
    table,
    owner,
    json: jsonRows(
      sql`select ${columnList(table, properties)} from ${table} where ${columnOf(table, owner)} = ${key} order by ${columnOf(table, 'position')}`,
    ),
    rows: (items: Item[]) => items,
  })
}

/** SQL of columns, each named as its property. */
export const columnList = (table: PgTable, properties: string[]): SQL =>
  sql.join(
    properties.map((property) => sql`${columnOf(table, property)} as ${sql.identifier(property)}`),
    sql`, `,
  )

/** The ids of a record in other registers. */
export const externalIdsPart = (owner: IdentifiedOwner, key: AnyPgColumn) =>
  objectListPart<{ scheme: string; id: string }>({
    table: externalIds,
    owner,
    properties: ['scheme', 'id'],
    key,
  })
