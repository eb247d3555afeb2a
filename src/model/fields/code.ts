import type { SQL } from 'drizzle-orm'
import { type AnyPgColumn, index, type PgTableExtraConfigValue, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { matches, oneOf, snakeCase } from '../../database/columns.ts'
import { codeOrder, orderIndexes } from '../../database/ordering.ts'
import { requireEnumValues } from '../declarations.ts'
import { byValue } from '../dimensions.ts'
import { defineField, type Field, ownColumn, prefixedName } from '../field.ts'
import { filterByCode, filterBySortableCode } from '../filters.ts'
import type { LabelSql } from '../languages.ts'
import { optional } from '../schemas.ts'

interface CodeOptions {
  /** Whether lists can be sorted by the code. */
  sort?: boolean
  /** The label of a value, if records can be grouped by the code; by default, they cannot. */
  groupBy?: LabelSql
  /** POSIX regular expression of a check constraint. */
  pattern?: string
  /** The allowed values, for a check constraint. */
  values?: readonly string[]
  /** Whether the value is unique among all records, or among those that match an SQL condition. */
  unique?: true | SQL
}

function codeConstraints(name: string, column: AnyPgColumn, recordId: AnyPgColumn, options: CodeOptions) {
  const { pattern, values, unique, sort } = options
  const constraints: PgTableExtraConfigValue[] = []
  if (pattern) constraints.push(matches(`${name}_form`, column, pattern))
  if (values) constraints.push(oneOf(`${name}_known`, column, values))
  if (unique) {
    const uniqueOnColumn = uniqueIndex(`${name}_unique`).on(column)
    constraints.push(unique === true ? uniqueOnColumn : uniqueOnColumn.where(unique))
  }
  if (sort) constraints.push(...orderIndexes(`${name}_order`, codeOrder(column), recordId, column))
  else if (unique !== true) constraints.push(index(name).on(column))
  return constraints
}

/**
 * A code, enumeration value or tag: text that is compared as a whole and sorted by its bytes.
 * @param schema the public schema, which may allow null.
 * @param valueSchema the schema of a value that is not null.
 */
function codeField<Schema extends z.ZodType>(
  schema: Schema,
  valueSchema: z.ZodType,
  description: string,
  options: CodeOptions & { required?: boolean; default?: string },
): Field<Schema> {
  const { required = false, sort = false, groupBy } = options
  return defineField<Schema>({
    schema: () => schema.meta({ description }),
    columns: (name) => {
      requireEnumValues(options.values ?? [])
      const column = required ? text(snakeCase(name)).notNull() : text(snakeCase(name))
      return { [name]: options.default === undefined ? column : column.default(options.default) }
    },
    ...(groupBy && { dimensionColumns: (context) => [ownColumn(context)] }),
    constraints: (context) =>
      codeConstraints(prefixedName(context), ownColumn(context), context.recordId, options),
    query: (context) => {
      const { name } = context
      const column = ownColumn(context)
      return {
        filters: { [name]: (sort ? filterBySortableCode : filterByCode)(column, valueSchema, description) },
        ...(sort && { sorts: { [name]: { description, ...codeOrder(column) } } }),
        ...(groupBy && { dimensions: { [name]: byValue(column, name, description, groupBy) } }),
      }
    },
  })
}

/** A code that may be null. */
export const code = <Schema extends z.ZodType<string>>(
  valueSchema: Schema,
  description: string,
  options: CodeOptions = {},
) => codeField(optional(valueSchema), valueSchema, description, options)

/** A required code. */
export const requiredCode = <Schema extends z.ZodType<string>>(
  valueSchema: Schema,
  description: string,
  options: CodeOptions = {},
) => codeField(valueSchema, valueSchema, description, { ...options, required: true })

/** A code with a default. */
export const defaultCode = (
  valueSchema: z.ZodType<string>,
  defaultValue: string,
  description: string,
  options: CodeOptions,
) =>
  codeField(valueSchema.default(defaultValue), valueSchema, description, {
    ...options,
    required: true,
    default: defaultValue,
  })
