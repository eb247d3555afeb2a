import { getTableColumns, sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { dialect } from '../../database/dialect.ts'
import { externalIds } from '../../database/tables/external-ids.ts'
import { pointerOf } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import type { Resource } from '../../resources/resource.ts'
import type { Document } from './documents.ts'
import { externalIdOwner, externalIdsOf } from './external-ids.ts'

/** The external ids of a document that another record of the resource has, by its key. */
export async function takenExternalIds(
  client: Transaction,
  resource: Resource,
  document: Document,
  ownKey?: string,
): Promise<Fault[]> {
  const owner = externalIdOwner(resource)
  const ids = externalIdsOf(document)
  if (!owner || ids.length === 0) return []
  const { sql: text, params } = dialect.sqlToQuery(
    sql`select given.at::int - 1 as at, ${owner}::text as key
      from unnest(${sql.param(ids.map(({ scheme }) => scheme))}::text[], ${sql.param(ids.map(({ id }) => id))}::text[])
        with ordinality as given(scheme, id, at)
      join ${externalIds} on ${externalIds.scheme} = given.scheme and ${externalIds.id} = given.id
      where ${owner} is not null and ${owner}::text is distinct from ${ownKey ?? null}::text`,
  )
  const rows = await client.query<{ at: number; key: string }>({ text, values: params })
  return rows.map(({ at, key }) => ({
    pointer: pointerOf(['externalIds', at]),
    code: 'taken',
    message: `is the id of /v1/${resource.name}/${key} already`,
  }))
}

/** A key that a new document was given and that a record has. */
export async function takenKey(
  client: Transaction,
  resource: Resource,
  document: Document,
  ownKey?: string,
): Promise<Fault[]> {
  const { property, column } = resource.key
  const given = document[property]
  if (ownKey !== undefined || typeof given !== 'string') return []
  const { sql: text, params } = dialect.sqlToQuery(
    sql`select from ${resource.table} where ${column}::text = ${given}`,
  )
  const rows = await client.query({ text, values: params })
  const message = `"${given}" is taken by another ${resource.noun}`
  return rows.length > 0 ? [{ pointer: pointerOf([property]), code: 'taken', message }] : []
}

/**
 * The properties of a resource's own row that PostgreSQL found taken, from the detail of its error,
 * `Key (alpha2)=(PK) already exists.`
 */
export function takenProperties(resource: Resource, document: Document, detail: string | undefined): Fault[] {
  const [, list = '', taken] = /^Key \((.+?)\)=\((.*)\) already exists/s.exec(detail ?? '') ?? []
  const names = list.split(', ').map((name) => name.replaceAll('"', ''))
  const columns = Object.entries(getTableColumns(resource.table))
  return names.flatMap((name) => {
    const property = columns.find(([, column]) => column.name === name)?.[0]
    if (property === undefined || !Object.hasOwn(document, property)) return []
    // Among several new documents, it is the one with this value.
    if (names.length === 1 && String(document[property]) !== taken) return []
    const value = JSON.stringify(document[property])
    return [
      {
        pointer: pointerOf([property]),
        code: 'taken',
        message: `${value} is taken by another ${resource.noun}`,
      },
    ]
  })
}
