import { type SQL, sql } from 'drizzle-orm'
import { check, integer, numeric } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { literal, snakeCase } from '../../database/columns.ts'
import { numberOrder, orderIndexes } from '../../database/ordering.ts'
import { requireDecimals } from '../decimals.ts'
import { defineField, type FieldContext, ownColumn, prefixedName } from '../field.ts'
import { filterByNumber } from '../filters.ts'

const numberQuery = (context: FieldContext, description: string) => ({
  filters: { [context.name]: filterByNumber(ownColumn(context), description) },
  sorts: { [context.name]: { description, ...numberOrder(ownColumn(context)) } },
})

/**
 * An integer from `minimum` to `maximum`. The default is `minimum`.
 * @param measure the measure of aggregates; `parts` is as in `Measure`.
 */
export const count = (
  description: string,
  { minimum, maximum }: { minimum: number; maximum: number },
  measure: { description: string; parts?: SQL },
) =>
  defineField({
    schema: () => z.int().min(minimum).max(maximum).default(minimum).meta({ description }),
    columns: (name) => ({ [name]: integer(snakeCase(name)).notNull().default(minimum) }),
    constraints: (context) => {
      const column = ownColumn(context)
      return [
        check(`${prefixedName(context)}_range`, sql`${column} >= ${literal(minimum)}`),
        ...orderIndexes(`${prefixedName(context)}_order`, numberOrder(column), context.recordId, column),
      ]
    },
    query: (context) => ({
      ...numberQuery(context, description),
      measures: { [context.name]: { ...measure, value: sql`${ownColumn(context)}` } },
    }),
  })

const maxDecimal = 1e14

/**
 * A number from -10^14 to 10^14 with at most four decimals.
 * @param unit name of the dimension that must have a single value before `sum`, `avg`, `min` and `max` can use the number.
 */
export const decimal = (description: string, unit: string) =>
  defineField({
    schema: () =>
      z
        .number()
        .min(-maxDecimal)
        .max(maxDecimal)
        .superRefine(requireDecimals(4))
        .meta({ description: `${description} At most four decimals.` }),
    columns: (name) => ({
      [name]: numeric(snakeCase(name), { precision: 19, scale: 4, mode: 'number' }).notNull(),
    }),
    constraints: (context) => {
      const column = ownColumn(context)
      const maximum = literal(maxDecimal)
      return [
        // The upper bound also excludes NaN, which PostgreSQL sorts above all numbers, and which JSON lacks.
        check(`${prefixedName(context)}_range`, sql`${column} between -${maximum} and ${maximum}`),
        ...orderIndexes(`${prefixedName(context)}_order`, numberOrder(column), context.recordId, column),
      ]
    },
    json: (context) => sql`trim_scale(${ownColumn(context)})`,
    query: (context) => ({
      ...numberQuery(context, description),
      measures: { [context.name]: { description, value: sql`${ownColumn(context)}`, singleValued: [unit] } },
    }),
  })
