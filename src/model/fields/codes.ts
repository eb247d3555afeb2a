import { sql } from 'drizzle-orm'
import { index, text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { snakeCase } from '../../database/columns.ts'
import { byRelation, valueAsLabel } from '../dimensions.ts'
import { defineField, type FieldContext, ownColumn, prefixedName } from '../field.ts'
import { arrayHas, withRelation } from '../filters.ts'
import type { Relation } from '../relations.ts'
import { distinct } from '../schemas.ts'

const codesRelation = (context: FieldContext): Relation => {
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
      const relation = codesRelation(context)
      return {
        filters: { [singular]: withRelation(arrayHas(ownColumn(context), code(), description), relation) },
        dimensions: { [singular]: byRelation(relation, singular, description, valueAsLabel) },
      }
    },
  })
