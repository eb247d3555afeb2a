import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { records, visibilities } from '../../database/tables/records.ts'
import { defineField } from '../field.ts'
import { filterByAny } from '../filters.ts'
import { addLabel } from '../labels.ts'

const description =
  'Who may see the record: everybody who may read the registry (`public`), or only clients with a role (`internal`).'

const visibilitySchema = z.enum(visibilities)

addLabel('public', { en: 'Public', zh: '公开' })
addLabel('internal', { en: 'Internal', zh: '内部' })

/** Who may see a record. The column is in `records`, so that the id of a record is enough to look it up. */
export const visibility = () =>
  defineField({
    schema: () => visibilitySchema.default('public').meta({ description }),
    toColumns: () => ({}),
    query: ({ recordId }) => ({
      filters: {
        visibility: filterByAny(
          visibilitySchema,
          `${description} Clients without a role find only public records.`,
          (values) =>
            sql`${recordId} in (select ${records.id} from ${records} where ${records.visibility} = any(${values}::text[]))`,
        ),
      },
    }),
  })
