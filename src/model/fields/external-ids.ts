import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { foldCode } from '../../database/folding.ts'
import type { Row } from '../../database/rows.ts'
import { defineField, type FieldContext } from '../field.ts'
import { filterByAny, filterByCode, filterByText, isInAny } from '../filters.ts'
import { columnList, jsonRows } from '../json.ts'
import { listQuery, listRows } from '../list-rows.ts'
import { belongsTo } from '../resource.ts'
import { externalIds as externalIdsSchema, externalScheme } from '../schemas.ts'

function externalIdQuery({ name, recordId, resource, registry }: FieldContext) {
  const { externalIds } = registry.shared
  const isOfResource = belongsTo(externalIds.resource, resource)
  return {
    filters: {
      externalIdScheme: filterByAny(
        externalScheme(),
        'External system, such as a register, in which records have an identifier.',
        (values: SQL) =>
          isInAny(recordId, [
            sql`select ${externalIds.record} from ${externalIds} where ${externalIds.scheme} = any(${values}::text[]) and ${isOfResource}`,
          ]),
      ),
      externalId: filterByAny(
        z
          .string()
          .max(400)
          .regex(/^[a-z0-9][a-z0-9._-]*:.+$/, { error: 'must be scheme:id, such as interview-2011:F01' })
          .meta({ examples: ['interview-2011:F01'] }),
        'Identifier in an external system, as `scheme:id`. The case of the id is ignored.',
        // The index has a column for the scheme and one for the id, so both are compared separately.
        (values: SQL) =>
          isInAny(recordId, [
            sql`select ${externalIds.record} from ${externalIds} join unnest(${values}::text[]) as given(name) on ${externalIds.scheme} = split_part(given.name, ':', 1) and ${foldCode(externalIds.id)} = ${foldCode(sql`substr(given.name, strpos(given.name, ':') + 1)`)} where ${isOfResource}`,
          ]),
      ),
    },
    collections: () => ({
      [name]: {
        description: 'Its identifiers in external systems.',
        singular: 'ExternalId',
        table: externalIds,
        parentKey: [externalIds.record],
        collections: () => ({}),
        filters: {
          scheme: filterByCode(externalIds.scheme, z.string().min(1).max(60), 'The external system.'),
          id: filterByText(externalIds.id, 'The identifier in that system.'),
        },
      },
    }),
  }
}

/** Identifiers of the record in external systems; the pair of scheme and id is unique within the resource. */
export const externalIds = () =>
  defineField({
    capability: { kind: 'externalIds' },
    schema: () => externalIdsSchema(),
    json: (context) => {
      const table = context.registry.shared.externalIds
      return jsonRows(listQuery(table, columnList(table, ['scheme', 'id']), context))
    },
    rows: ({ resource, registry: { shared } }) =>
      listRows(shared.externalIds, (externalId: Row) => externalId, { resource }),
    query: externalIdQuery,
  })
