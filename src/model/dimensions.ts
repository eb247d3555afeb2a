import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core'
import { columnOf, literal } from '../database/columns.ts'
import { capitalize } from '../wording.ts'
import { unitNumber, unitText } from './date-units.ts'
import type { DateUnit, Operator } from './filters.ts'
import { valueLabel } from './labels.ts'
import type { LabelSql } from './languages.ts'
import type { ListElements, MultiValue } from './multi-values.ts'

/** A dimension: a value that records can be grouped by. Records without a value form the group null. */
export interface Dimension {
  description: string
  /** PostgreSQL type of the grouped values. It also defines their order. */
  type: 'text' | 'uuid' | 'integer'
  /** The values of a record: `one` from the record's own row, or `many`, any number of values (`MultiValue`). */
  values: { kind: 'one'; value: SQL } | { kind: 'many'; multiValue: MultiValue }
  /** Converts a value to text, which is the group's key and the value for the list's filter. */
  text: (value: SQL) => SQL
  /** The label of a value, for people. */
  label: LabelSql
  /**
   * The filter that selects the records of a group: the operator `finds` with the group's key or, for the group null, the
   * operator `lacks` with the value `none`.
   */
  groupFilter: { filter: string; finds: Operator; lacks: Operator; none: string }
}

/** A measure: a number of each record, or of each element of a list in it, that can be aggregated within a group. */
export interface Measure {
  description: string
  /** SQL of the number, over the record's row or, with `elements`, over the rows of the elements, named `listed`. */
  value: SQL
  /** The list whose elements have the number. An element counts in the groups of its own values. */
  elements?: ListElements
  /**
   * Names of dimensions that are also filters, such as `amountCurrency`. A request must group by each of these
   * dimensions, or filter by one of its values, since numbers of different units cannot be added. With `top`, it must filter, since
   * the group `other` has several values.
   */
  singleValued?: readonly string[]
  /**
   * A query of pairs of records, whose ids are in the columns `part` and `whole`. A part is not counted if its whole is in the
   * same group.
   */
  parts?: SQL
}

/** Returns a value as text. A code is its own label. */
export const valueAsLabel = (value: SQL): SQL => sql`(${value})::text`

/**
 * Returns the SQL of the label of a value of an enumeration.
 * @param values all values that may occur. Without it, the label is the value as a phrase, in every language.
 */
export function enumLabels(values?: readonly string[]): LabelSql {
  if (!values) return (value) => sql`upper(left(${value}, 1)) || replace(substr(${value}, 2), '_', ' ')`
  return (value, language) => {
    const labels = values.map((known) => [known, valueLabel(known, language)])
    return sql`(${literal(JSON.stringify(Object.fromEntries(labels)))}::jsonb ->> ${value})`
  }
}

/**
 * A dimension by the value of a column.
 * @param filter name of the filter that finds the records of a group.
 * @param label by default, the value itself.
 */
export const byValue = (
  column: AnyPgColumn,
  filter: string,
  description: string,
  label: Dimension['label'] = valueAsLabel,
): Dimension => ({
  description,
  type: column.getSQLType() === 'uuid' ? 'uuid' : 'text',
  values: { kind: 'one', value: sql`${column}` },
  text: valueAsLabel,
  label,
  groupFilter: { filter, finds: 'eq', lacks: 'isNull', none: 'true' },
})

/** A dimension by a property with any number of values in each record. */
export const byMultiValue = (
  multiValue: MultiValue,
  filter: string,
  description: string,
  label: Dimension['label'],
  finds: Operator = 'all',
): Dimension => ({
  description,
  type: multiValue.type,
  values: { kind: 'many', multiValue },
  text: valueAsLabel,
  label,
  groupFilter: { filter, finds, lacks: 'isNull', none: 'true' },
})

const unitNames: Record<DateUnit, string> = { year: 'Year', decade: 'Decade', month: 'Month' }

/**
 * The dimensions by year, decade and month of an EDTF date, such as `signedYear`. In the dimension by year, a date that may lie
 * in several years is in the group null. The same is true for decades and months.
 * @param name the name of the dimensions without the unit: `signed`.
 */
export function byDate(table: PgTable, property: string, name: string): Record<string, Dimension> {
  const earliest = columnOf(table, `${property}Earliest`)
  const latest = columnOf(table, `${property}Latest`)
  return Object.fromEntries(
    (['year', 'decade', 'month'] as const).map((unit): [string, Dimension] => [
      `${name}${capitalize(unit)}`,
      {
        description: `${unitNames[unit]} of \`${property}\`.`,
        type: 'integer',
        values: { kind: 'one', value: unitNumber[unit](earliest, latest) },
        text: unitText[unit],
        label: unitText[unit],
        groupFilter: { filter: property, finds: unit, lacks: unit, none: 'unknown' },
      },
    ]),
  )
}
