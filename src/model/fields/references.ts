import { type SQL, sql } from 'drizzle-orm'
import { check, index, pgTable, primaryKey, unique, uuid } from 'drizzle-orm/pg-core'
import { columnOf, positionColumn, rowStart } from '../../database/columns.ts'
import { defineField, type FieldContext, prefixedName } from '../field.ts'
import { filterByAny, isInAny } from '../filters.ts'
import { includedRecords } from '../includes.ts'
import { jsonList } from '../json.ts'
import { listQuery, listRows, listTable } from '../list-rows.ts'
import { distinct } from '../schemas.ts'
import { keyReference, referencedId } from './reference.ts'

interface ReferencesOptions {
  /** Name and description of the filter by the referenced records. */
  filter?: { name: string; description: string }
  /** Include of this resource: the referenced records. */
  include?: { name: string; description: string }
  /** Include of the target resource: the records of this resource that refer to the target's record. */
  inverse?: { name: string; description: string }
  /** Whether a record must not refer to itself. */
  notItself?: boolean
}

/** The junction table of a field. Its name combines the names of the resource's table and of the field. */
const junctionTable = (context: FieldContext, target: string, notItself: boolean) => {
  const { recordId, registry } = context
  const pairName = prefixedName(context)
  return pgTable(
    pairName,
    {
      record: uuid('record')
        .notNull()
        .references(() => recordId, { onDelete: 'cascade' }),
      position: positionColumn(),
      target: keyReference('target', target, registry).notNull(),
      ...rowStart(),
    },
    (pair) => [
      primaryKey({ columns: [pair.record, pair.position] }),
      unique(`${pairName}_once`).on(pair.record, pair.target),
      index(`${pairName}_target`).on(pair.target),
      ...(notItself
        ? [check(`${pairName}_other`, sql`${referencedId(target, pair.target, registry)} <> ${pair.record}`)]
        : []),
    ],
  )
}

/** A list of references to records of the resource `target`, without duplicates, in the order of the document. */
export const references = (target: string, description: string, options: ReferencesOptions = {}) => {
  const { inverse } = options
  const junctionColumns = (context: FieldContext) => {
    const table = listTable(context)
    return { table, record: columnOf(table, 'record'), targetKey: columnOf(table, 'target') }
  }
  return defineField({
    schema: (registry) => distinct(registry.referenceSchema(target)).default([]).meta({ description }),
    tables: (context) => [junctionTable(context, target, options.notItself ?? false)],
    json: (context) => {
      const { table, targetKey } = junctionColumns(context)
      return jsonList(listQuery(table, sql`${targetKey}`, context))
    },
    rows: (context) => listRows(listTable(context), (key: string) => ({ target: key })),
    ...(inverse && {
      inverse: (context: FieldContext) => {
        const { table, record, targetKey } = junctionColumns(context)
        return {
          resource: target,
          ...inverse,
          condition: (key: SQL) =>
            sql`${context.recordId} in (select ${record} from ${table} where ${targetKey} = ${key})`,
        }
      },
    }),
    query: (context) => {
      const { table, record, targetKey } = junctionColumns(context)
      const { filter, include } = options
      const type = sql.raw(targetKey.getSQLType())
      return {
        ...(filter && {
          filters: {
            [filter.name]: filterByAny(
              context.registry.keySpec(target).schema,
              filter.description,
              (values) =>
                isInAny(context.recordId, [
                  sql`select ${record} from ${table} where ${targetKey} = any(${values}::${type}[])`,
                ]),
            ),
          },
        }),
        ...(include && {
          includes: () => {
            const resource = context.registry.get(target)
            const chosen = sql`${resource.key.column} in (select ${targetKey} from ${table} where ${record} = ${context.recordId})`
            return { [include.name]: includedRecords(resource, include.description, chosen) }
          },
        }),
      }
    },
  })
}
