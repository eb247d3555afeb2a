import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import type pg from 'pg'
import { columnOf } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { foldCode } from '../../database/folding.ts'
import { records } from '../../database/tables/records.ts'
import { recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { aNoun } from '../../problems/suggest.ts'
import type { Document } from './documents.ts'
import { getExternalIds } from './external-ids.ts'
import { listUniqueProperties } from './released-values.ts'

/** A document of a refused or planned write, and its record if the record is stored already. */
export interface DocumentToWrite {
  document: Document
  /** The stored document of the record, if it is known. */
  before?: Document
  /** Key of the stored record. */
  key?: string | undefined
}

/** A fault, with the index of its document. */
type DocumentFault = [documentIndex: number, fault: Fault]

/**
 * Finds the external ids of documents that other records of the resource have, with one statement. For the new document of a
 * stored record, an id is free if another document of the same call releases it.
 */
export async function findTakenExternalIds(
  tx: Transaction,
  resource: Resource,
  documents: readonly DocumentToWrite[],
): Promise<DocumentFault[]> {
  const ids = documents.flatMap(({ document, key = null }, index) =>
    getExternalIds(document).map(({ scheme, id }, idIndex) => ({ index, idIndex, scheme, id, key })),
  )
  if (ids.length === 0) return []
  const idsOfKey = new Map(
    documents.flatMap(({ key, document }) =>
      key === undefined ? [] : [[key, new Set(getExternalIds(document).map(externalIdKey))]],
    ),
  )
  const { externalIds } = resource.registry.shared
  const texts = (values: (string | null)[]) => sql`${sql.param(values)}::text[]`
  const rows = await tx.query<{ nth: number; key: string }>(
    compileSql(sql`select given.nth::int - 1 as nth, ${records.key} as key
      from unnest(${texts(ids.map(({ scheme }) => scheme))}, ${texts(ids.map(({ id }) => id))}, ${texts(ids.map(({ key }) => key))})
        with ordinality as given(scheme, id, own_key, nth)
      join ${externalIds} on ${externalIds.scheme} = given.scheme and ${foldCode(externalIds.id)} = ${foldCode(sql`given.id`)}
      join ${records} on ${records.id} = ${externalIds.record}
      where ${externalIds.resource} = ${resource.name} and ${records.key} is distinct from given.own_key
      order by nth`),
  )
  return rows.flatMap(({ nth, key }): DocumentFault[] => {
    const id = ids[nth]
    if (!id || (id.key !== null && idsOfKey.get(key)?.has(externalIdKey(id)) === false)) return []
    const message = `is already the id of /v1/${resource.name}/${key}`
    return [[id.index, { pointer: formatPointer(['externalIds', id.idIndex]), code: 'taken', message }]]
  })
}

/** Finds the keys of new documents that records of any resource have, with one statement. */
export async function findTakenKeys(
  tx: Transaction,
  resource: Resource,
  documents: readonly DocumentToWrite[],
): Promise<DocumentFault[]> {
  const { property } = resource.key
  const given = documents.flatMap(({ document, key }, index) => {
    const newKey = document[property]
    return key === undefined && typeof newKey === 'string' ? [{ index, key: newKey }] : []
  })
  if (given.length === 0) return []
  const ids = given.map(({ key }) => recordId(resource, key))
  const rows = await tx.query<{ nth: number; resource: string; into: string | null }>(
    compileSql(sql`select given.nth::int - 1 as nth, ${records.resource} as resource, remaining.key as "into"
      from unnest(${sql.param(ids)}::uuid[]) with ordinality as given(id, nth)
      join ${records} on ${records.id} = given.id
      left join ${records} as remaining on remaining.id = ${records.mergedInto} order by nth`),
  )
  return rows.flatMap(({ nth, resource: owner, into }): DocumentFault[] => {
    const taken = given[nth]
    if (!taken) return []
    const own =
      into === null ? `another ${resource.noun}` : `${aNoun(resource.noun)} that was merged into "${into}"`
    const by = owner === resource.name ? own : `/v1/${owner}/${taken.key}`
    const message = `"${taken.key}" is taken by ${by}`
    return [[taken.index, { pointer: formatPointer([property]), code: 'taken', message }]]
  })
}

/**
 * Returns a fault for each property of the violated unique constraint, if the document has the values in the detail of
 * PostgreSQL's error: `Key (scheme, code)=(domain, 7) already exists.`
 */
export function findTakenProperties(
  resource: Resource,
  document: Document,
  { table, detail = '' }: pg.DatabaseError,
): Fault[] {
  if (table !== getTableName(resource.table)) return []
  const [, list = '', taken] = /^Key \((.+?)\)=\((.*)\) already exists/s.exec(detail) ?? []
  const names = list.split(', ').map((name) => name.replaceAll('"', ''))
  const columns = Object.entries(getTableColumns(resource.table))
  const properties = names.flatMap((name) => {
    const property = columns.find(([, column]) => column.name === name)?.[0]
    return property !== undefined && Object.hasOwn(document, property) ? [property] : []
  })
  if (properties.map((property) => String(document[property])).join(', ') !== taken) return []
  return properties.map((property) => takenFault(resource, document, property))
}

const takenFault = ({ noun }: Resource, document: Document, property: string): Fault => ({
  pointer: formatPointer([property]),
  code: 'taken',
  message: `${JSON.stringify(document[property])} is taken by another ${noun}`,
})

/**
 * Finds the values of documents that must be unique, such as `ror`, and that other records have, with one statement for each
 * unique constraint without a condition.
 * @param isReleased whether the record with a key has another value of a property after the planned writes.
 */
export async function findTakenUniqueValues(
  tx: Transaction,
  resource: Resource,
  documents: readonly DocumentToWrite[],
  isReleased: (key: string, property: string) => boolean,
): Promise<DocumentFault[]> {
  const faults: DocumentFault[] = []
  for (const { properties, isConditional } of listUniqueProperties(resource)) {
    if (isConditional) continue
    const given = documents.flatMap(({ document, before, key = null }, index) => {
      const isChanged = properties.some((property) => document[property] !== before?.[property])
      const values = properties.map((property) => document[property])
      return isChanged && values.every((value) => typeof value === 'string')
        ? [{ index, document, key, values }]
        : []
    })
    if (given.length === 0) continue
    const { table } = resource
    const texts = (values: (string | null | undefined)[]) => sql`${sql.param(values)}::text[]`
    const lists = properties.map((_, nth) => texts(given.map(({ values }) => values[nth])))
    const names = properties.map((property) => sql.identifier(property))
    const same = properties.map((property, nth) => sql`${columnOf(table, property)} = given.${names[nth]}`)
    const rows = await tx.query<{ nth: number; key: string }>(
      compileSql(sql`select given.nth::int - 1 as nth, ${records.key} as key
        from unnest(${texts(given.map(({ key }) => key))}, ${sql.join(lists, sql`, `)})
          with ordinality as given(own_key, ${sql.join(names, sql`, `)}, nth)
        join ${table} on ${sql.join(same, sql` and `)}
        join ${records} on ${records.id} = ${resource.id}
        where ${records.key} is distinct from given.own_key order by nth`),
    )
    for (const { nth, key } of rows) {
      const taken = given[nth]
      if (!taken || properties.some((property) => isReleased(key, property))) continue
      for (const property of properties)
        faults.push([taken.index, takenFault(resource, taken.document, property)])
    }
  }
  return faults
}
