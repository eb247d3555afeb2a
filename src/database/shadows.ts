import { getTableColumns, getTableName } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { allTables, foreignKeysOf } from './foreign-keys.ts'

/**
 * Tables as they stood at a moment, for one transaction: each is shadowed by a temporary view of its own name, which
 * PostgreSQL finds first, with the rows of records that have not changed since and the past rows of those that have. So
 * statements that name no schema ask the past, unchanged and by the indexes of what is the same.
 *
 * `pg_temp` is named wherever something is written or renamed: nothing here can touch a real table.
 */

/** What makes a row belong to a row of another table, with which it comes and goes. */
interface Belonging {
  column: PgColumn
  owner: PgTable
  key: PgColumn
}

const belongings = (table: PgTable): Belonging[] =>
  foreignKeysOf(table)
    .filter(({ onDelete }) => onDelete === 'cascade')
    .flatMap(({ columns: [column], foreignTable: owner, foreignColumns: [key] }) =>
      column && key ? [{ column, owner, key }] : [],
    )

/** A table whose records have changed, with the column of their keys. */
export interface ChangedTable {
  table: PgTable
  key: PgColumn
}

/** A table that is shadowed: of whose rows some belong to records that have changed. */
interface Shadow {
  table: PgTable
  /** The key, where rows of other tables can belong to its own or the table is of records itself. */
  key: PgColumn | undefined
  records: boolean
  belongsTo: Belonging[]
}

/** The tables of changed records and of all that belongs to these, owners first. */
export function shadowsOf(changed: ChangedTable[]): Shadow[] {
  const shadows: Shadow[] = changed.map(({ table, key }) => ({ table, key, records: true, belongsTo: [] }))
  // Grows as it is walked through.
  for (const { table: owner } of shadows) {
    for (const table of allTables) {
      const belongsTo = belongings(table).filter((one) => one.owner === owner)
      if (belongsTo.length === 0) continue
      const known = shadows.find((shadow) => shadow.table === table)
      if (known) known.belongsTo.push(...belongsTo)
      else shadows.push({ table, key: keyOfOwner(table), records: false, belongsTo })
    }
  }
  return shadows
}

/** The column by which rows of other tables belong to those of a table; undefined where none do. */
const keyOfOwner = (table: PgTable): PgColumn | undefined =>
  allTables.flatMap(belongings).find(({ owner }) => owner === table)?.key

const quoted = pg.escapeIdentifier
const own = ({ name }: PgColumn) => quoted(name)
const present = (table: PgTable) => `public.${quoted(getTableName(table))}`
const temporary = (name: string) => `pg_temp.${quoted(name)}`
const pastName = (table: PgTable) => `past_${getTableName(table)}`

/** Where the keys of the rows of a table that have changed since are put, in a column `key`. */
export const changedKeys = (table: PgTable): string => temporary(`changed_${getTableName(table)}`)

const makeKeys = (table: PgTable, key: PgColumn) =>
  `create temporary table ${quoted(`changed_${getTableName(table)}`)} (key ${key.getSQLType()} primary key)`

/**
 * The first statements: they make empty tables, under the names of the real ones, which past rows can be inserted into, and
 * others for the keys that have changed. Generated columns are made as ever; references, which may lead to what is not there
 * any more, are not checked.
 */
export const makeShadows = (shadows: Shadow[]): string =>
  shadows
    .flatMap(({ table, key }) => [
      `create temporary table ${quoted(getTableName(table))} (like ${present(table)} including generated including defaults)`,
      ...(key ? [makeKeys(table, key)] : []),
    ])
    .join(';\n')

/** The keys of the rows that belong to something that has changed, as indexes find them. */
const belongingTo = ({ table, belongsTo }: Shadow, key: PgColumn): string =>
  belongsTo
    .map(
      ({ column, owner }) =>
        `select ${own(key)} from ${present(table)} where ${own(column)} in (select key from ${changedKeys(owner)})`,
    )
    .join(' union ')

/** The condition that a row, called `standing`, belongs to nothing that has changed. */
function isTheSame({ table, key, records, belongsTo }: Shadow): string {
  const changed = [
    ...(key && records ? [{ column: key, owner: table }] : []),
    ...belongsTo.map(({ column, owner }) => ({ column, owner })),
  ]
  return changed
    .map(
      ({ column, owner }) =>
        `not exists (select from ${changedKeys(owner)} changed where changed.key = standing.${own(column)})`,
    )
    .join(' and ')
}

/**
 * The view is written so that PostgreSQL takes it apart: its two parts have no conditions, which would make each a query of
 * its own that no index brings in order. The condition is checked row by row, as indexes bring them.
 */
function makeView(shadow: Shadow): string {
  const { table } = shadow
  const columns = Object.values(getTableColumns(table)).map(own).join(', ')
  return `create temporary view ${quoted(getTableName(table))} as select ${columns} from (
    select ${columns}, false as is_past from ${present(table)} union all select ${columns}, true from ${temporary(pastName(table))}
  ) standing where is_past or (${isTheSame(shadow)})`
}

function reveal(shadow: Shadow): string[] {
  const { table, key, records, belongsTo } = shadow
  const past = pastName(table)
  const indexed = new Set([...(key ? [key] : []), ...belongsTo.map(({ column }) => column)])
  return [
    ...(key && !records ? [`insert into ${changedKeys(table)} ${belongingTo(shadow, key)}`] : []),
    ...(key ? [`analyze ${changedKeys(table)}`] : []),
    `alter table ${temporary(getTableName(table))} rename to ${quoted(past)}`,
    ...[...indexed].map((column) => `create index on ${temporary(past)} (${own(column)})`),
    `analyze ${temporary(past)}`,
    makeView(shadow),
  ]
}

/** The last statements, when changed keys and past rows are there: from then on, the names mean the past. */
export const revealShadows = (shadows: Shadow[]): string => shadows.flatMap(reveal).join(';\n')
