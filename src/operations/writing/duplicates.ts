import { getTableColumns, sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { foldCode } from '../../database/folding.ts'
import { records } from '../../database/tables/records.ts'
import { recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'
import type { Document } from './documents.ts'
import { getExternalIds } from './external-ids.ts'

/** Returns a fault for each external id of a document that another record of the resource has. */
export async function findTakenExternalIds(
  tx: Transaction,
  resource: Resource,
  document: Document,
  ownKey?: string,
): Promise<Fault[]> {
  const ids = getExternalIds(document)
  if (ids.length === 0) return []
  const { externalIds } = resource.registry.shared
  const rows = await tx.query<{ at: number; key: string }>(
    compileSql(sql`select given.at::int - 1 as at, ${records.key} as key
      from unnest(${sql.param(ids.map(({ scheme }) => scheme))}::text[], ${sql.param(ids.map(({ id }) => id))}::text[])
        with ordinality as given(scheme, id, at)
      join ${externalIds} on ${externalIds.scheme} = given.scheme and ${foldCode(externalIds.id)} = ${foldCode(sql`given.id`)}
      join ${records} on ${records.id} = ${externalIds.record}
      where ${externalIds.resource} = ${resource.name} and ${records.key} is distinct from ${ownKey ?? null}::text`),
  )
  return rows.map(({ at, key }) => ({
    pointer: formatPointer(['externalIds', at]),
    code: 'taken',
    message: `is already the id of /v1/${resource.name}/${key}`,
  }))
}

/** Returns a fault when the key of a new document belongs to a record of any resource. */
export async function findTakenKey(
  tx: Transaction,
  resource: Resource,
  document: Document,
  ownKey?: string,
): Promise<Fault[]> {
  const { property } = resource.key
  const given = document[property]
  if (ownKey !== undefined || typeof given !== 'string') return []
  const [taken] = await tx.query<{ resource: string }>(
    compileSql(
      sql`select ${records.resource} as resource from ${records} where ${records.id} = ${recordId(resource, given)}::uuid`,
    ),
  )
  if (!taken) return []
  const owner =
    taken.resource === resource.name ? `another ${resource.noun}` : `/v1/${taken.resource}/${given}`
  return [{ pointer: formatPointer([property]), code: 'taken', message: `"${given}" is taken by ${owner}` }]
}

/**
 * Returns a fault for each property that violates a unique constraint, read from the detail of PostgreSQL's error:
 * `Key (alpha2)=(PK) already exists.`
 */
export function findTakenProperties(
  resource: Resource,
  document: Document,
  detail: string | undefined,
): Fault[] {
  const [, list = '', taken] = /^Key \((.+?)\)=\((.*)\) already exists/s.exec(detail ?? '') ?? []
  const names = list.split(', ').map((name) => name.replaceAll('"', ''))
  const columns = Object.entries(getTableColumns(resource.table))
  return names.flatMap((name) => {
    const property = columns.find(([, column]) => column.name === name)?.[0]
    if (property === undefined || !Object.hasOwn(document, property)) return []
    // With several new documents, only the one with this value has the fault.
    if (names.length === 1 && String(document[property]) !== taken) return []
    const value = JSON.stringify(document[property])
    return [
      {
        pointer: formatPointer([property]),
        code: 'taken',
        message: `${value} is taken by another ${resource.noun}`,
      },
    ]
  })
}
