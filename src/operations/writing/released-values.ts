import { getTableColumns } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import type { TableWrite } from '../../database/rows.ts'
import { lazyFor } from '../../model/lazy.ts'
import type { Resource } from '../../model/resource.ts'

/** A changed row of the table of a resource, with the documents of its record before and after the change. */
interface ChangedRow {
  id: string
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/** The properties of a unique constraint or index, whose combined values only one record may have. */
interface UniqueProperties {
  properties: string[]
  /** Whether it is a partial unique index: the values are unique only among the records that match its condition. */
  isPartial: boolean
}

/** Returns the properties of each unique constraint and unique index of the table of a resource. */
export const listUniqueProperties = lazyFor((resource: Resource): UniqueProperties[] => {
  const { indexes, uniqueConstraints } = getTableConfig(resource.table)
  const found = [
    ...uniqueConstraints.map(({ columns }) => ({ columns, isPartial: false })),
    ...indexes.flatMap(({ config: { unique, columns, where } }) =>
      unique ? [{ columns, isPartial: where !== undefined }] : [],
    ),
  ]
  const propertyOf = new Map(
    Object.entries(getTableColumns(resource.table)).map(([property, { name }]) => [name, property]),
  )
  return found.map(({ columns, isPartial }) => ({
    properties: columns.flatMap((column) =>
      'name' in column ? (propertyOf.get(column.name ?? '') ?? []) : [],
    ),
    isPartial,
  }))
})

/**
 * Returns writes that set unique values to null if another row of the same change gets them, so that rows can exchange them.
 * Otherwise PostgreSQL, which checks each row as soon as it is updated, could refuse the change, depending on the order of
 * the rows.
 * @param rows all rows of the change. Each of them must be updated after these writes.
 * @returns writes for consecutive statements, since a row may be in several of them.
 */
export function releaseUniqueValues(resource: Resource, rows: readonly ChangedRow[]): TableWrite[] {
  if (rows.length < 2) return []
  const columns = getTableColumns(resource.table)
  return listUniqueProperties(resource).flatMap(({ properties }) => {
    const valueIn = (document: Record<string, unknown>) =>
      JSON.stringify(properties.map((property) => document[property]))
    const changed = rows.filter(({ before, after }) => valueIn(before) !== valueIn(after))
    const wanted = new Set(changed.map(({ after }) => valueIn(after)))
    const nullable = properties.filter((property) => columns[property]?.notNull === false)
    const holders = rows.filter(
      ({ before }) => wanted.has(valueIn(before)) && nullable.some((property) => before[property] !== null),
    )
    if (holders.length === 0) return []
    const released = holders.map(({ id }) => ({ id }))
    return [{ kind: 'update', table: resource.table, properties: ['id', ...nullable], rows: released }]
  })
}
