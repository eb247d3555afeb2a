import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { columnOf } from '../database/columns.ts'
import { unitNumber, unitText } from './date-units.ts'
import type { DateUnit, Operator } from './filters.ts'
import type { Relation } from './relations.ts'

/** What records can be grouped by. A record without a value is grouped under null. */
export interface Dimension {
  description: string
  /** PostgreSQL type of the values as they are grouped, which also says how they sort. */
  type: 'text' | 'uuid' | 'integer'
  /** Where a record's value is: one in its own row, or any number in related rows. */
  values: { kind: 'one'; value: SQL } | { kind: 'many'; relation: Relation }
  /** The text of a value, which is the group's key and the value of the list's filter. */
  text: (value: SQL) => SQL
  /** What readers call a value. */
  label: (value: SQL) => SQL
  /** How a list asks for the records of a group: `finds` takes its key, and `lacks` the word `none`. */
  asks: { filter: string; finds: Operator; lacks: Operator; none: string }
}

/** A number of each record that can be added up and compared within a group. */
export interface Measure {
  description: string
  value: SQL
  /** Name of the dimension, and of the filter, that must have one value before amounts can be compared. */
  within?: string
  /** A query of pairs, columns `part` and `whole`: a part is left out where its whole is in the same group. */
  parts?: SQL
}

const plain = (value: SQL) => sql`(${value})::text`

/** A code as it is: the label is the key. */
export const itself = plain

/** The words of an enumeration's value. */
const spaced = (value: SQL) => sql`replace(${value}, '_', ' ')`

/** The name that a record of another table has. */
export const nameIn =
  (key: AnyPgColumn, name: AnyPgColumn) =>
  (value: SQL): SQL =>
    sql`(select ${name} from ${key.table} where ${key} = ${value})`

/** A value that a column holds. The filter has the dimension's name unless another is given. */
const byColumn = (
  column: AnyPgColumn,
  filter: string,
  description: string,
  label: Dimension['label'],
): Dimension => ({
  description,
  type: column.getSQLType() === 'uuid' ? 'uuid' : 'text',
  values: { kind: 'one', value: sql`${column}` },
  text: plain,
  label,
  asks: { filter, finds: 'eq', lacks: 'isNull', none: 'true' },
})

/** A word of a closed list. */
export const byWord = (column: AnyPgColumn, filter: string, description: string): Dimension =>
  byColumn(column, filter, description, spaced)

/** A text or code that is its own label, or is called otherwise. */
export const byValue = (
  column: AnyPgColumn,
  filter: string,
  description: string,
  label: Dimension['label'] = itself,
): Dimension => byColumn(column, filter, description, label)

/** Any number of values. */
export const byRelation = (
  relation: Relation,
  filter: string,
  description: string,
  label: Dimension['label'],
  finds: Operator = 'all',
): Dimension => ({
  description,
  type: relation.type,
  values: { kind: 'many', relation },
  text: plain,
  label,
  asks: { filter, finds, lacks: 'isNull', none: 'true' },
})

const units: Record<DateUnit, string> = { year: 'Year', decade: 'Decade', month: 'Month' }

const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/**
 * The year, decade and month of an EDTF date, such as `signedYear`. A date that can't be told to one of them is
 * grouped under null.
 * @param name of the dimensions without the unit: `signed`.
 */
export function byDate(
  table: PgTable,
  property: string,
  name: string,
  description: string,
): Record<string, Dimension> {
  const earliest = columnOf(table, `${property}Earliest`)
  const latest = columnOf(table, `${property}Latest`)
  return Object.fromEntries(
    (['year', 'decade', 'month'] as const).map((unit): [string, Dimension] => [
      `${name}${capitalized(unit)}`,
      {
        description: `${units[unit]} of \`${property}\`. ${description} Null when there is no date, or one that can't be told to a ${unit}.`,
        type: 'integer',
        values: { kind: 'one', value: unitNumber[unit](earliest, latest) },
        text: unitText[unit],
        label: unitText[unit],
        asks: { filter: property, finds: unit, lacks: unit, none: 'unknown' },
      },
    ]),
  )
}
