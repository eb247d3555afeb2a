import { sql } from 'drizzle-orm'
import { check, numeric } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnOf, snakeCase } from '../../database/columns.ts'
import { requireDecimals } from '../decimals.ts'
import { byMultiValue } from '../dimensions.ts'
import { defineField, type FieldContext, ownColumn, prefixedName } from '../field.ts'
import { filterByAny, isInAny, withMultiValue } from '../filters.ts'
import { includedRecords } from '../includes.ts'
import { keys } from '../keys.ts'
import { listTable } from '../list-rows.ts'
import type { MultiValue } from '../multi-values.ts'
import { optional } from '../schemas.ts'
import { list } from './list.ts'
import { requiredReference } from './reference.ts'

const percentage = () =>
  defineField({
    schema: () =>
      optional(
        z
          .number()
          .gt(0)
          .max(100)
          .superRefine(requireDecimals(4))
          // The exclusive bound is removed from the OpenAPI document.
          .meta({ description: 'Share of the whole in percent. At most four decimals.', minimum: 0.0001 }),
      ),
    columns: (name) => ({ [name]: numeric(snakeCase(name), { precision: 7, scale: 4, mode: 'number' }) }),
    constraints: (context) => [
      check(
        `${prefixedName(context)}_range`,
        sql`${ownColumn(context)} > 0 and ${ownColumn(context)} <= 100`,
      ),
    ],
    json: (context) => sql`trim_scale(${ownColumn(context)})`,
  })

const items = {
  topic: requiredReference('topics', 'The sector: a topic, such as a CRS purpose of aid.'),
  percentage: percentage(),
}

function sectorQuery(context: FieldContext) {
  const table = listTable(context)
  const [record, topic] = [columnOf(table, 'record'), columnOf(table, 'topic')]
  const multiValue: MultiValue = {
    recordId: context.recordId,
    type: 'text',
    queries: () => [sql`select ${record} as record, ${topic} as value from ${table}`],
  }
  const filter = filterByAny(
    keys.topic(),
    'Slug of a topic that is a sector of the record, such as `crs-14010`. Records of narrower sectors are found, too.',
    (values) =>
      isInAny(context.recordId, [
        sql`select ${record} from ${table} where ${topic} = any(array(select topics_within(${values}::text[])))`,
      ]),
  )
  return {
    filters: { sector: withMultiValue(filter, multiValue, 'allDirectly') },
    dimensions: {
      sector: byMultiValue(
        multiValue,
        'sector',
        'Sector itself, without narrower ones.',
        context.registry.nameOf('topics'),
        'allDirectly',
      ),
    },
    includes: () => {
      const topics = context.registry.get('topics')
      const chosen = sql`${topics.key.column} in (select ${topic} from ${table} where ${record} = ${context.recordId})`
      return { sectorDetails: includedRecords(topics, 'the sectors, as records.', chosen) }
    },
  }
}

/**
 * The sectors of a record: topics, each with its share of the whole if the source gives one.
 * @param schemaName name of the component schema of one sector.
 */
export const sectors = (schemaName: string) =>
  list(schemaName, items, {
    description: 'A sector of the record, and its share.',
    example: { topic: 'crs-14010', percentage: 60 },
    distinctBy: ['topic'],
    query: sectorQuery,
  })
