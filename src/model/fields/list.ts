import { getTableColumns, sql } from 'drizzle-orm'
import { type PgColumn, type PgTable, pgTable, primaryKey, unique, uuid } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf, commaList, positionColumn, rowStart } from '../../database/columns.ts'
import type { Row } from '../../database/rows.ts'
import { inProperty, listColumnNames, requireDistinct } from '../declarations.ts'
import {
  type DocumentOf,
  defineField,
  type FieldContext,
  type FieldQuery,
  type Fields,
  fieldColumns,
  prefixedName,
} from '../field.ts'
import { jsonRows } from '../json.ts'
import { listQuery, listRows, listTable } from '../list-rows.ts'
import type { Registry } from '../registry.ts'
import { registerSchema } from '../schema-names.ts'
import { repeatableLists, requireUnique } from '../schemas.ts'

interface ListOptions<Items extends Fields> {
  /** Description of an item. */
  description: string
  /** Example of an item. */
  example: Record<string, unknown>
  /** Properties whose combined values must be unique within a list. */
  distinctBy?: (keyof Items & string)[]
  /** Whether equal items are different things, as equal amounts are. Imports then keep each of them. */
  isRepeatable?: boolean
  /** Maximum number of items of a list; 100 by default. */
  max?: number
  /** The schema of an item, if it has rules beyond those of its fields. It must have the same properties as the fields. */
  item?: (registry: Registry) => z.ZodType<DocumentOf<Items>>
  /** What the field contributes to queries besides the collection of its items. */
  query?: (context: FieldContext) => FieldQuery
}

/** Returns the fields of the items, each with its context in the table of the list. */
const bindItems = (
  items: Fields,
  context: FieldContext,
  table: PgTable,
  columns: Record<string, PgColumn> = getTableColumns(table),
) =>
  Object.entries(items).map(([name, field]) => {
    const itemContext: FieldContext = {
      ...context,
      name,
      table,
      tableName: prefixedName(context),
      recordId: columnIn(columns, 'record'),
      columns: fieldColumns(field, name, context.registry, columns),
    }
    return { field, context: itemContext }
  })

/** Creates the table of a list, with the columns and constraints of the items. */
function makeTable(items: Fields, context: FieldContext, distinctBy: readonly string[]): PgTable {
  const { registry, recordId } = context
  const tableName = prefixedName(context)
  const columns = Object.fromEntries(
    Object.entries(items).map(([name, field]) => [
      name,
      inProperty(name, () => field.columns?.(name, registry) ?? {}),
    ]),
  )
  requireDistinct('column', [
    ['every list', ['record', 'position', 'row_start']],
    ...listColumnNames(columns, (name) => name),
  ])
  const record = uuid('record')
    .notNull()
    .references(() => recordId, { onDelete: 'cascade' })
  const table: PgTable = pgTable(
    tableName,
    { record, position: positionColumn(), ...Object.assign({}, ...Object.values(columns)), ...rowStart() },
    (built: Record<string, PgColumn>) => {
      const owner = columnIn(built, 'record')
      const [first, ...others] = distinctBy.flatMap((property) => built[property] ?? [])
      return [
        primaryKey({ columns: [owner, columnIn(built, 'position')] }),
        ...(first ? [unique(`${tableName}_once`).on(owner, first, ...others)] : []),
        ...bindItems(items, context, table, built).flatMap(
          ({ field, context: itemContext }) => field.constraints?.(itemContext) ?? [],
        ),
      ]
    },
  )
  return table
}

/** Creates the schema of an item from its fields. */
function itemSchema<Items extends Fields>(
  schemaName: string,
  items: Items,
  { description, example }: ListOptions<Items>,
  registry: Registry,
): z.ZodType<DocumentOf<Items>> {
  const shape = Object.fromEntries(
    Object.entries(items).map(([name, field]) => [name, field.schema(registry)]),
  )
  const item = registerSchema(schemaName, z.strictObject(shape).meta({ description, examples: [example] }))
  // The shape has exactly the schemas of the fields.
  return item as unknown as z.ZodType<DocumentOf<Items>>
}

/**
 * A list of objects, each stored as a row of a table that only this field uses.
 * @param schemaName name of the component schema of one item.
 * @param items fields of the items. Each maps to one column, or to three for an EDTF date.
 */
export const list = <const Items extends Fields>(
  schemaName: string,
  items: Items,
  options: ListOptions<Items>,
) => {
  const { description, distinctBy, isRepeatable = false, max = 100 } = options
  return defineField({
    items,
    schema: (registry) => {
      const all = z
        .array(options.item?.(registry) ?? itemSchema(schemaName, items, options, registry))
        .max(max)
      if (isRepeatable) repeatableLists.add(all)
      const distinct = distinctBy
        ? all.superRefine(
            requireUnique((item) => JSON.stringify(distinctBy.map((property) => item[property]))),
          )
        : all
      return distinct.default([])
    },
    tables: (context) => [makeTable(items, context, distinctBy ?? [])],
    json: (context) => {
      const table = listTable(context)
      const columns = bindItems(items, context, table).map(({ field, context: itemContext }) => {
        const value = field.json?.(itemContext) ?? sql`${columnOf(table, itemContext.name)}`
        return sql`${value} as ${sql.identifier(itemContext.name)}`
      })
      return jsonRows(listQuery(table, commaList(columns), context))
    },
    rows: (context) => listRows(listTable(context), (item: Row) => item),
    query: (context) => ({
      ...options.query?.(context),
      collections: () => {
        const table = listTable(context)
        const record = columnOf(table, 'record')
        const filters = bindItems(items, context, table).map(
          ({ field, context: itemContext }) => field.query?.(itemContext).filters ?? {},
        )
        const collection = {
          description,
          table,
          parentKey: [record],
          collections: () => ({}),
          filters: Object.assign({}, ...filters),
        }
        return { [context.name]: collection }
      },
    }),
  })
}
