import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { records, visibilities } from '../../database/tables/records.ts'
import { defineField } from '../field.ts'
import { filterByAny } from '../filters.ts'

const description =
  'Who may see the record: everybody (`public`), or only clients with a key or token (`internal`).'

const word = z.enum(visibilities)

/** Who may see a record. The column is in `records`, where rows that belong to a record of any resource can find it. */
export const visibility = () =>
  defineField({
    schema: () => word.default('public').meta({ description }),
    toColumns: () => ({}),
    query: ({ recordId }) => ({
      filters: {
        visibility: filterByAny(
          word,
          `${description} Without a key or token, only public records are found.`,
          (values) =>
            sql`${recordId} in (select ${records.id} from ${records} where ${records.visibility} = any(${values}::text[]))`,
        ),
      },
    }),
  })
