import { getTableColumns, sql } from 'drizzle-orm'
import { type PgColumn, type PgTable, pgTable, primaryKey, unique, uuid } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf, positionColumn, rowStart, snakeCase } from '../../database/columns.ts'
import type { Row } from '../../database/rows.ts'
import { type DocumentOf, defineField, type FieldContext, type Fields, fieldColumns } from '../field.ts'
import { jsonRows } from '../json.ts'
import { listQuery, listRows, listTable } from '../list-rows.ts'
import type { Registry } from '../registry.ts'
import { named } from '../schema-names.ts'
import { requireUnique } from '../schemas.ts'

interface ListOptions<Items extends Fields> {
  description: string
  example: Record<string, unknown>
  /** Properties whose combined values must be unique within a list. */
  distinctBy?: (keyof Items & string)[]
  /** Maximum number of items of a list; 100 by default. */
  max?: number
  /** The schema of an item, if it has rules beyond those of its fields. It must have the same properties as the fields. */
  item?: (registry: Registry) => z.ZodType<DocumentOf<Items>>
}

const listTableName = ({ name, tableName }: FieldContext) => `${tableName}_${snakeCase(name)}`

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
  const entries = Object.entries(items)
  /** The fields of the items, each with its context in the table of the list. */
  const bindItems = (
    context: FieldContext,
    table: PgTable,
    columns: Record<string, PgColumn> = getTableColumns(table),
  ) =>
    entries.map(([name, field]) => {
      const itemContext: FieldContext = {
        ...context,
        name,
        table,
        tableName: listTableName(context),
        recordId: columnIn(columns, 'record'),
        columns: fieldColumns(field, name, context.registry, columns),
      }
      return { field, context: itemContext }
    })
  const makeTable = (context: FieldContext) => {
    const tableName = listTableName(context)
    const builders = Object.assign(
      {},
      ...entries.map(([name, field]) => field.columns?.(name, context.registry) ?? {}),
    )
    const table: PgTable = pgTable(
      tableName,
      {
        record: uuid('record')
          .notNull()
          .references(() => context.recordId, { onDelete: 'cascade' }),
        position: positionColumn(),
        ...builders,
        ...rowStart(),
      },
      (columns: Record<string, PgColumn>) => {
        const record = columnIn(columns, 'record')
        const [first, ...others] = (options.distinctBy ?? []).flatMap((property) => columns[property] ?? [])
        return [
          primaryKey({ columns: [record, columnIn(columns, 'position')] }),
          ...(first ? [unique(`${tableName}_once`).on(record, first, ...others)] : []),
          ...bindItems(context, table, columns).flatMap(
            ({ field, context: itemContext }) => field.constraints?.(itemContext) ?? [],
          ),
        ]
      },
    )
    return table
  }
  const itemSchema = (registry: Registry) => {
    const shape = Object.fromEntries(entries.map(([name, field]) => [name, field.schema(registry)]))
    const item = named(
      schemaName,
      z.strictObject(shape).meta({ description: options.description, examples: [options.example] }),
    )
    // The shape has exactly the schemas of the fields.
    return item as unknown as z.ZodType<DocumentOf<Items>>
  }
  return defineField({
    schema: (registry) => {
      const all = z.array(options.item?.(registry) ?? itemSchema(registry)).max(options.max ?? 100)
      const { distinctBy } = options
      return (
        distinctBy
          ? all.superRefine(requireUnique((one) => distinctBy.map((property) => one[property]).join(' ')))
          : all
      ).default([])
    },
    tables: (context) => [makeTable(context)],
    json: (context) => {
      const table = listTable(context)
      const columns = bindItems(context, table).map(({ field, context: itemContext }) => {
        const value = field.json?.(itemContext) ?? sql`${columnOf(table, itemContext.name)}`
        return sql`${value} as ${sql.identifier(itemContext.name)}`
      })
      return jsonRows(listQuery(table, sql.join(columns, sql`, `), context))
    },
    rows: (context) => listRows(listTable(context), (item: Row) => item),
    query: (context) => {
      const table = listTable(context)
      return {
        collections: () => ({
          [context.name]: {
            description: options.description,
            table,
            owner: [columnOf(table, 'record')],
            key: [columnOf(table, 'record')],
            collections: () => ({}),
            filters: Object.assign(
              {},
              ...bindItems(context, table).map(
                ({ field, context: itemContext }) => field.query?.(itemContext).filters ?? {},
              ),
            ),
          },
        }),
      }
    },
  })
}
