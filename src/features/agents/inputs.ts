import { z } from 'zod'
import type { Registry } from '../../model/registry.ts'

/** Returns the schema of an optional list. An empty list counts as left out, since models often send `[]` for "none". */
export const optionalList = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .transform((items) => (items.length > 0 ? items : undefined))
    .optional()

/** Returns the message about a filter whose value is an object or a list instead of a text; undefined for other errors. */
function explainNonText({ code, input }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'invalid_type' || typeof input !== 'object' || input === null) return undefined
  return Array.isArray(input)
    ? 'must be text: separate several values by commas, such as "PAK,CHN"'
    : 'must be text: write the operator after the name, such as "signedOn[gte]"'
}

/** Returns the schemas of the inputs that several tools share. */
export const makeInputs = (registry: Registry) => ({
  resource: z.enum(registry.resources.map(({ name }) => name)),
  key: z.string().min(1).max(200),
  filters: z
    .record(z.string().max(100), z.string({ error: explainNonText }).max(2000))
    .optional()
    .describe(
      'Filters of the resource, such as {"country":"PAK","signedOn[gte]":"2011"}; commas separate values. Without an operator, one of the values must match; with `all` and `allDirectly`, all; with `ne` and `noneAs`, none.',
    ),
  limit: (max: number) => z.int().min(1).max(max).optional(),
  asOf: z
    .string()
    .max(40)
    .optional()
    .describe('Reads the registry as of an earlier time (RFC 3339 or a date).'),
  country: z.string().max(10).describe('ISO 3166-1 alpha-3 code, such as PAK.'),
})

/** The schemas of the inputs that several tools share. */
export type Inputs = ReturnType<typeof makeInputs>
