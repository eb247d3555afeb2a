import { type SQL, sql } from 'drizzle-orm'
import { check, integer, numeric } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { snakeCase } from '../../database/columns.ts'
import { numberOrder, orderIndexes } from '../../database/ordering.ts'
import { requireDecimals } from '../decimals.ts'
import { defineField, type FieldPlace, ownColumn } from '../field.ts'
import { number } from '../filters.ts'
import { byNumber } from '../sorts.ts'

const baseName = (place: FieldPlace) => `${place.tableName}_${snakeCase(place.name)}`

const numberQuery = (place: FieldPlace, description: string) => ({
  filters: { [place.name]: number(ownColumn(place), description) },
  sorts: { [place.name]: byNumber(ownColumn(place), description) },
})

/**
 * An integer from `minimum` to `maximum`. The default is `minimum`.
 * @param measure description and parts of the measure for aggregates.
 */
export const count = (
  description: string,
  { minimum, maximum }: { minimum: number; maximum: number },
  measure: { description: string; parts?: SQL },
) =>
  defineField({
    schema: () => z.int().min(minimum).max(maximum).default(minimum).meta({ description }),
    columns: (name) => ({ [name]: integer(snakeCase(name)).notNull().default(minimum) }),
    constraints: (place) => {
      const column = ownColumn(place)
      return [
        check(`${baseName(place)}_range`, sql`${column} >= ${sql.raw(String(minimum))}`),
        ...orderIndexes(`${baseName(place)}_order`, numberOrder(column), place.recordId, column),
      ]
    },
    query: (place) => ({
      ...numberQuery(place, description),
      measures: { [place.name]: { ...measure, value: sql`${ownColumn(place)}` } },
    }),
  })

/**
 * A number from -10^14 to 10^14 with at most four decimals.
 * @param within Name of the dimension that must have a single value before numbers can be summed.
 */
export const decimal = (description: string, within: string) =>
  defineField({
    schema: () =>
      z
        .number()
        .min(-1e14)
        .max(1e14)
        .superRefine(requireDecimals(4))
        .meta({ description: `${description} At most four decimals.` }),
    columns: (name) => ({
      [name]: numeric(snakeCase(name), { precision: 19, scale: 4, mode: 'number' }).notNull(),
    }),
    constraints: (place) =>
      orderIndexes(
        `${baseName(place)}_order`,
        numberOrder(ownColumn(place)),
        place.recordId,
        ownColumn(place),
      ),
    json: (place) => sql`trim_scale(${ownColumn(place)})`,
    query: (place) => ({
      ...numberQuery(place, description),
      measures: { [place.name]: { description, value: sql`${ownColumn(place)}`, within: [within] } },
    }),
  })
