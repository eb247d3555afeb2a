import { sql } from 'drizzle-orm'
import { index, text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { snakeCase } from '../../database/columns.ts'
import { byMultiValue, valueAsLabel } from '../dimensions.ts'
import { defineField, type FieldContext, ownColumn, prefixedName } from '../field.ts'
import { filterByArray, withMultiValue } from '../filters.ts'
import type { MultiValue } from '../multi-values.ts'
import { distinct } from '../schemas.ts'

const codeValues = (context: FieldContext): MultiValue => {
  const column = ownColumn(context)
  const { recordId } = context
  return {
    recordId,
    type: 'text',
    queries: () => [
      sql`select distinct ${recordId} as record, unnest(${column}) as value from ${context.table}`,
    ],
    some: () => sql`cardinality(${column}) > 0`,
  }
}

/**
 * A list of codes or tags without duplicates, in one array column.
 * @param code returns the schema of an item.
 * @param singular name of the filter and the dimension: `language` for `languages`.
 */
export const codes = (code: () => z.ZodType<string>, singular: string, description: string) =>
  defineField({
    schema: () => distinct(code()).default([]).meta({ description }),
    columns: (name) => ({ [name]: text(snakeCase(name)).array().notNull().default([]) }),
    constraints: (context) => [index(prefixedName(context)).using('gin', ownColumn(context))],
    query: (context) => {
      const multiValue = codeValues(context)
      return {
        filters: {
          [singular]: withMultiValue(filterByArray(ownColumn(context), code(), description), multiValue),
        },
        dimensions: { [singular]: byMultiValue(multiValue, singular, description, valueAsLabel) },
      }
    },
  })
