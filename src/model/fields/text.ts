import { type PgTableExtraConfigValue, text as textColumn } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { filled, snakeCase } from '../../database/columns.ts'
import { trigramIndex } from '../../database/folding.ts'
import { orderIndexes, textOrder } from '../../database/ordering.ts'
import { byValue } from '../dimensions.ts'
import { defineField, ownColumn, prefixedName, type TextWeight } from '../field.ts'
import { filterByGroupedText, filterByText } from '../filters.ts'
import { line as lineSchema, optional, prose as proseSchema } from '../schemas.ts'
import { webAddress } from '../web-address.ts'

/** The filters, sort keys and dimensions of a text field. */
interface TextOptions {
  /** Whether there is a filter by the text; true by default. */
  filter?: boolean
  /** Whether there is a sort key of the text. */
  sort?: boolean
  /** Whether records can be grouped by the text. */
  groupBy?: boolean
  /** Weight in full-text search; by default, the text is not searched. */
  weight?: TextWeight
}

function textField<Schema extends z.ZodType<string | null>>(
  schema: Schema,
  description: string,
  required: boolean,
  { filter = true, sort = false, groupBy = false, weight }: TextOptions,
) {
  return defineField<Schema>({
    schema: () => schema.meta({ description }),
    columns: (name) => {
      const column = textColumn(snakeCase(name))
      return { [name]: required ? column.notNull() : column }
    },
    constraints: (context) => {
      const column = ownColumn(context)
      const base = prefixedName(context)
      const constraints: PgTableExtraConfigValue[] = required ? [filled(`${base}_filled`, column)] : []
      if (filter) constraints.push(trigramIndex(`${base}_part`, column))
      if (sort)
        constraints.push(...orderIndexes(`${base}_order`, textOrder(column), context.recordId, column))
      return constraints
    },
    query: (context) => {
      const { name } = context
      const column = ownColumn(context)
      return {
        ...(filter && {
          filters: { [name]: (groupBy ? filterByGroupedText : filterByText)(column, description) },
        }),
        ...(sort && { sorts: { [name]: { description, ...textOrder(column) } } }),
        ...(groupBy && { dimensions: { [name]: byValue(column, name, description) } }),
      }
    },
    ...(weight && { searchText: (column: string) => ({ [weight]: column }) }),
  })
}

/** The name or title of a record: one required line, which has a sort key and is in the full-text index. */
export const title = (description: string) =>
  textField(lineSchema(), description, true, { sort: true, weight: 'A' })

/** One required line of text. @param max maximum number of characters. */
export const requiredLine = (description: string, max: number, options: TextOptions = {}) =>
  textField(lineSchema(max), description, true, options)

/** One line of text that may be null, of at most `max` characters, by default 500. */
export const line = (description: string, options: TextOptions & { max?: number } = {}) =>
  textField(optional(lineSchema(options.max)), description, false, options)

/** Text of several lines that may be null, of at most `max` characters, by default 10,000. */
export const prose = (description: string, options: TextOptions & { max?: number } = {}) =>
  textField(optional(proseSchema(options.max)), description, false, options)

/** A web address that may be null. It has no filter. */
export const url = (description: string) =>
  textField(optional(webAddress()), description, false, { filter: false })
