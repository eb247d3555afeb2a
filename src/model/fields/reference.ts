import { type SQL, sql } from 'drizzle-orm'
import { check, index, type PgColumn, text, uuid } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { literal, snakeCase } from '../../database/columns.ts'
import { orderIndexes, referenceOrder } from '../../database/ordering.ts'
import { areaDimensions, areaFilters } from '../areas.ts'
import { byValue } from '../dimensions.ts'
import { defineField, type Field, type FieldContext, ownColumn, prefixedName } from '../field.ts'
import { filterByCode } from '../filters.ts'
import { includedOne, includedRecords } from '../includes.ts'
import type { Registry } from '../registry.ts'
import { optional, refersTo } from '../schemas.ts'

interface ReferenceOptions {
  /** Whether there is a filter by the key; true by default. */
  filter?: boolean
  sort?: boolean
  /** Whether records can be grouped by the referenced record. */
  groupBy?: boolean
  /** Whether records can be filtered and grouped by the regions of the referenced country. */
  areas?: boolean
  /** Whether the referenced country hosts the record: it then counts as a participant without a role. */
  host?: boolean
  /** Whether a record must not refer to itself. */
  notItself?: boolean
  /** Include of the referenced record. Its value is the record or null (`one`), or a list with at most this record (`list`). */
  include?: { name: string; description: string; form: 'one' | 'list' }
}

/** A column that refers to the key of a resource. */
export const keyReference = (name: string, target: string, registry: Registry) =>
  registry.keySpec(target).assignedBy === 'registry'
    ? uuid(snakeCase(name)).references(() => registry.keyColumn(target))
    : text(snakeCase(name)).references(() => registry.keyColumn(target))

/** SQL of the id of the record to which a key column refers. */
export const referencedId = (target: string, column: PgColumn, registry: Registry): SQL =>
  registry.keySpec(target).assignedBy === 'registry'
    ? sql`${column}`
    : sql`name_id(${literal(target)}, ${column})`

function referenceQuery(
  context: FieldContext,
  target: string,
  description: string,
  options: ReferenceOptions,
) {
  const { name, recordId, registry } = context
  const { filter = true, sort, groupBy, areas, include } = options
  const column = ownColumn(context)
  const { schema } = registry.keySpec(target)
  return {
    filters: {
      ...(filter && { [name]: filterByCode(column, schema, description) }),
      ...(areas && areaFilters(recordId, column, description)),
    },
    ...(sort && { sorts: { [name]: { description, ...referenceOrder(column) } } }),
    dimensions: {
      ...(groupBy && { [name]: byValue(column, name, description, registry.nameOf(target)) }),
      ...(areas && areaDimensions(registry, recordId, column)),
    },
    ...(include && {
      includes: () => {
        const resource = registry.get(target)
        const { key } = resource
        return {
          [include.name]:
            include.form === 'one'
              ? includedOne(resource, include.description, column)
              : includedRecords(resource, include.description, sql`${key.column} = ${column}`),
        }
      },
    }),
  }
}

function referenceField<Schema extends z.ZodType<string | null>>(
  target: string,
  schema: (registry: Registry) => Schema,
  description: string,
  options: ReferenceOptions & { required?: boolean },
): Field<Schema> {
  const { required = false, sort, notItself, host } = options
  return defineField<Schema>({
    schema,
    ...(host && {
      hostCountries: (context: FieldContext) => [{ record: context.recordId, country: ownColumn(context) }],
    }),
    columns: (name, registry) => {
      const column = keyReference(name, target, registry)
      return { [name]: required ? column.notNull() : column }
    },
    constraints: (context) => {
      const column = ownColumn(context)
      const base = prefixedName(context)
      return [
        index(base).on(column),
        ...(sort ? orderIndexes(`${base}_order`, referenceOrder(column), context.recordId, column) : []),
        ...(notItself
          ? [
              check(
                `${base}_other`,
                sql`${referencedId(target, column, context.registry)} <> ${context.recordId}`,
              ),
            ]
          : []),
      ]
    },
    query: (context) => referenceQuery(context, target, description, options),
  })
}

/** A reference to a record, which may be null. @param target name of the referenced resource. */
export const reference = (target: string, description: string, options: ReferenceOptions = {}) =>
  referenceField(
    target,
    (registry) => optional(registry.referenceSchema(target)).meta({ description }),
    description,
    options,
  )

/** A required reference to a record. @param target name of the referenced resource. */
export const requiredReference = (target: string, description: string, options: ReferenceOptions = {}) =>
  referenceField(
    target,
    (registry) => refersTo(registry.referenceSchema(target).meta({ description }), target),
    description,
    { ...options, required: true },
  )
