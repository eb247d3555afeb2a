import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import type pg from 'pg'
import { columnOf, commaList } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { foldCode } from '../../database/folding.ts'
import { records } from '../../database/tables/records.ts'
import { recordId } from '../../model/keys.ts'
import { recordPath } from '../../model/paths.ts'
import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import { aNoun } from '../../wording.ts'
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

/** SQL of an array of texts. */
const texts = (values: (string | null | undefined)[]): SQL => sql`${sql.param(values)}::text[]`

/** A fault, with the index of its document. */
type DocumentFault = [documentIndex: number, fault: Fault]

/**
 * Finds the external ids of documents that other records of the resource have, with one statement. If the record that has an
 * id gives it up in the same call, the id is free for another stored record, so two records may exchange ids. It is not free for
 * a new record, since new records are written before stored ones are changed.
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
  const rows = await tx.query<{ index: number; key: string }>(
    compileSql(sql`select given.nth::int - 1 as index, ${records.key} as key
      from unnest(${texts(ids.map(({ scheme }) => scheme))}, ${texts(ids.map(({ id }) => id))}, ${texts(ids.map(({ key }) => key))})
        with ordinality as given(scheme, id, own_key, nth)
      join ${externalIds} on ${externalIds.scheme} = given.scheme and ${foldCode(externalIds.id)} = ${foldCode(sql`given.id`)}
      join ${records} on ${records.id} = ${externalIds.record}
      where ${externalIds.resource} = ${resource.name} and ${records.key} is distinct from given.own_key
      order by index`),
  )
  return rows.flatMap(({ index, key }): DocumentFault[] => {
    const id = ids[index]
    if (!id || (id.key !== null && idsOfKey.get(key)?.has(externalIdKey(id)) === false)) return []
    const message = `is already the id of ${recordPath({ resource: resource.name, key })}`
    return [[id.index, { pointer: formatPointer(['externalIds', id.idIndex]), code: 'taken', message }]]
  })
}

/** Finds the keys of new documents that records of any resource have, or removed records of others had, with one statement. */
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
  const rows = await tx.query<IdOwner & { index: number }>(
    compileSql(sql`select given.nth::int - 1 as index, owner.resource, owner.key, owner.removed, owner."into"
      from unnest(${sql.param(ids)}::uuid[]) with ordinality as given(id, nth) join lateral (
        select ${records.resource} as resource, ${records.key} as key, false as removed, remaining.key as "into"
        from ${records} left join ${records} as remaining on remaining.id = ${records.mergedInto}
        where ${records.id} = given.id
        union all
        select former.resource, former.key, true, null from history.records as former
        where former.id = given.id and former.resource <> ${resource.name}
        order by removed limit 1
      ) owner on true order by index`),
  )
  return rows.flatMap(({ index, ...owner }): DocumentFault[] => {
    const wanted = given[index]
    if (!wanted) return []
    const message = `"${wanted.key}" is taken by ${describeOwner(resource, owner)}`
    return [[wanted.index, { pointer: formatPointer([property]), code: 'taken', message }]]
  })
}

/** The record that has an id, or had it before it was removed. */
interface IdOwner {
  resource: string
  key: string
  removed: boolean
  /** Key of the record into which this one was merged. */
  into: string | null
}

/** Describes the owner of an id for a message about a new record of `resource`. */
function describeOwner({ name, noun }: Resource, { resource, key, removed, into }: IdOwner): string {
  const path = recordPath({ resource, key })
  if (removed) return `the removed record ${path}`
  if (resource !== name) return path
  return into === null ? `another ${noun}` : `${aNoun(noun)} that was merged into "${into}"`
}

/**
 * Returns a fault for each property of the violated unique constraint, if the document has the values in the detail of
 * PostgreSQL's error: `Key (scheme, code)=(domain, 7) already exists.` The server may write the words in another language.
 */
export function findTakenProperties(
  resource: Resource,
  document: Document,
  { table, detail = '' }: pg.DatabaseError,
): Fault[] {
  if (table !== getTableName(resource.table)) return []
  const [, list = '', taken] = /\((.+?)\)=\((.*)\)/s.exec(detail) ?? []
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
 * unique constraint or index. Skips partial unique indexes: a record outside their condition may have the same value.
 * @param isReleased whether the planned writes change this property of the record with this key, so that its present value
 *   becomes free.
 */
export async function findTakenUniqueValues(
  tx: Transaction,
  resource: Resource,
  documents: readonly DocumentToWrite[],
  isReleased: (key: string, property: string) => boolean,
): Promise<DocumentFault[]> {
  const faults: DocumentFault[] = []
  for (const { properties, isPartial } of listUniqueProperties(resource)) {
    if (isPartial) continue
    const given = documents.flatMap(({ document, before, key = null }, index) => {
      const isChanged = properties.some((property) => document[property] !== before?.[property])
      const values = properties.map((property) => document[property])
      return isChanged && values.every((value) => typeof value === 'string')
        ? [{ index, document, key, values }]
        : []
    })
    if (given.length === 0) continue
    const { table } = resource
    const lists = properties.map((_, nth) => texts(given.map(({ values }) => values[nth])))
    const names = properties.map((property) => sql.identifier(property))
    const same = properties.map((property, nth) => sql`${columnOf(table, property)} = given.${names[nth]}`)
    const rows = await tx.query<{ index: number; key: string }>(
      compileSql(sql`select given.nth::int - 1 as index, ${records.key} as key
        from unnest(${texts(given.map(({ key }) => key))}, ${commaList(lists)})
          with ordinality as given(own_key, ${commaList(names)}, nth)
        join ${table} on ${sql.join(same, sql` and `)}
        join ${records} on ${records.id} = ${resource.id}
        where ${records.key} is distinct from given.own_key order by index`),
    )
    for (const { index, key } of rows) {
      const wanted = given[index]
      if (!wanted || properties.some((property) => isReleased(key, property))) continue
      for (const property of properties)
        faults.push([wanted.index, takenFault(resource, wanted.document, property)])
    }
  }
  return faults
}
