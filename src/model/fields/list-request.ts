import { sql } from 'drizzle-orm'
import { text } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { snakeCase } from '../../database/columns.ts'
import { defineField, ownColumn } from '../field.ts'
import { checkListRequest, countedSchema } from '../list-request.ts'
import { optional } from '../schemas.ts'

/**
 * A field whose value is a valid list request of this registry, such as `/v1/countries?partnerOf=CHN`.
 * @param count name and description of the include that adds the number of records and the path of the list (`countedSchema`).
 */
export const listRequest = (description: string, count: { name: string; description: string }) =>
  defineField({
    schema: (registry) =>
      optional(
        z
          .string()
          .max(1000)
          .regex(/^\/v1\/[a-z-]+(\?[^\s#]*)?$/, {
            error: 'must be a list request such as /v1/countries?partnerOf=CHN',
          })
          .superRefine((request, context) => checkListRequest(registry, request, context)),
      ).meta({ description }),
    columns: (name) => ({ [name]: text(snakeCase(name)) }),
    query: (context) => ({
      includes: () => ({
        [count.name]: {
          description: count.description,
          schema: countedSchema().nullable(),
          // The request itself. `replaceListRequestsWithCounts` replaces it with the count and the path of the list.
          json: sql`coalesce(to_json(${ownColumn(context)})::text, 'null')`,
        },
      }),
    }),
  })
