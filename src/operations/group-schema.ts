import { z } from 'zod'
import { registerResponseSchema } from '../model/schema-names.ts'

/** An example of a group. */
export const groupExample = {
  key: { country: 'PAK' },
  label: { country: 'Pakistan' },
  measures: { count: 3 },
  list: '/v1/agreements?country%5Ball%5D=PAK',
}

/** Schema of a group of an aggregate. It is the same for every resource: the keys and measures depend on the request. */
export const groupSchema = registerResponseSchema(
  'Group',
  z
    .strictObject({
      key: z.record(z.string(), z.string().nullable()).meta({
        description:
          'A text for each dimension of `groupBy`; null for records without a value, or with a date that may lie in several years, decades or months.',
      }),
      label: z.record(z.string(), z.string()).meta({
        description: 'Human-readable label of each key, in the language of the response.',
      }),
      measures: z.record(z.string(), z.number().nullable()).meta({
        description:
          'A number for each of `measures`, such as `count` or `sum:amount`; null where no record of the group has a value.',
      }),
      list: z
        .string()
        .meta({ description: 'Path of the list request that returns exactly the records of the group.' }),
    })
    .meta({ description: 'Records that have the same keys.', examples: [groupExample] }),
)
