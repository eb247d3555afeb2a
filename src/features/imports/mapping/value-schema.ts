import { z } from 'zod'
import { quote } from '../../../problems/faults.ts'
import { describe } from '../descriptions.ts'

/** The schemas of the parts of a mapping that do not depend on the registry, and their types. */

const text = z.string().max(1000)
const scalar = z.union([text, z.number(), z.boolean()])
const column = text.min(1)
const oneOrMore = (item: z.ZodString) => z.union([item, z.array(item).min(1).max(50)])
const columns = oneOrMore(column)
const dateFormats = oneOrMore(text.min(1))
const scalars = z.union([scalar, z.array(scalar).max(500)])

const fileNameError =
  'must be the name of a file given with the imported file, without a folder or a dot at its start'

/**
 * Name of a companion file, without a folder, a dot at its start, or control characters. The pattern does not exclude control
 * characters, since it is part of the JSON Schema, and Python does not compile `\p`.
 */
export const fileName = z
  .string()
  .max(200)
  .regex(/^[^/\\.][^/\\]*$/, { error: fileNameError })
  .refine((name) => !/\p{Cc}/u.test(name), { error: fileNameError })

/** Schema of `when`. */
export const conditionsSchema = describe(
  z.union([
    columns,
    z.record(
      column,
      z.union([
        scalars,
        z.strictObject({
          not: scalars.optional(),
          empty: z.boolean().optional(),
          atLeast: scalar.optional(),
          atMost: scalar.optional(),
        }),
      ]),
    ),
  ]),
  'Columns or paths that must have a value; or conditions by column or path: a text, one of several, { not: … }, { empty: true }, { atLeast: 2000, atMost: 2010 }. All must hold.',
  'Conditions',
)

/** Columns that must have a value, or conditions by column. All must hold. */
export type Conditions = z.output<typeof conditionsSchema>

/** A condition on a column: its text, several allowed texts, or comparisons. */
export type Condition = Exclude<Conditions, string | string[]>[string]

/** Used if the value is neither text nor an object, or an object that is neither a reference to a file nor one of codes. */
const codesError =
  'must be an object with one value for each code, such as {A: signed}, or the name of a file: states.csv or {list: states.csv}'

/** The properties of `ValueSteps`, except `country` and `on`, which are mapped like values themselves. */
const plainSteps = z.strictObject({
  from: describe(columns.optional(), 'Column or path; the first one with a value if there are several.'),
  all: describe(columns.optional(), 'Columns or paths; all of their values, as a list.'),
  value: describe(scalar.optional(), 'A constant.'),
  template: describe(
    text.optional(),
    'A text with columns in braces: "{title} ({year})". There is no value if one of the columns is empty.',
  ),
  sum: describe(z.array(column).min(1).max(50).optional(), 'Columns whose numbers are added up.'),
  when: describe(conditionsSchema.optional(), 'Conditions; if they do not hold, there is no value.'),
  empty: describe(
    z.array(text).max(100).optional(),
    'Texts that mean that there is no value, in addition to `empty` of the mapping. They are recognized in the value as it is in the file, in each part after `split`, and after the steps from `before` to `case`.',
  ),
  split: describe(
    z.union([text.min(1), z.array(text.min(1)).max(10)]).optional(),
    'Separator of several values in one text, or a list of separators.',
  ),
  before: describe(
    text.min(1).optional(),
    'Takes the part of the text before this separator; the whole text if the separator does not occur.',
  ),
  beforeLast: describe(text.min(1).optional(), 'Like `before`, at the last occurrence of the separator.'),
  after: describe(
    text.min(1).optional(),
    'Takes the part of the text after this separator; the whole text if the separator does not occur.',
  ),
  afterLast: describe(text.min(1).optional(), 'Like `after`, at the last occurrence of the separator.'),
  replace: describe(z.record(text.min(1), text).optional(), 'Texts to replace, each with its replacement.'),
  case: describe(z.enum(['upper', 'lower']).optional(), 'Changes the case of letters.'),
  codes: describe(
    z
      .union(
        [
          fileName,
          z.strictObject({ list: fileName, key: column.optional(), value: column.optional() }),
          z.record(z.string().max(500), scalar.nullable()),
        ],
        { error: codesError },
      )
      .optional(),
    'Replaces codes with values. Either an object from code to value, such as { Completed: closed, Draft: null, "*": other }: the code "*" matches all other codes, the value null means no value, and the value "*" keeps the code. Or a code list: the name of a CSV or XLSX file that is given with the imported file. Its first two columns are code and value; for other columns, write { list: states.csv, key: iso, value: name }.',
  ),
  date: describe(
    dateFormats.optional(),
    'Format of dates, such as DD/MM/YYYY, D MMMM YYYY, excel or excel1904, or a list of formats. EDTF and other unambiguous dates are read, too, except days such as 5.4.2011 or 2011/04/05.',
  ),
  number: describe(text.optional(), 'Notation of numbers, as an example: "1,234.5" or "1.234,5".'),
  times: describe(
    z.number().optional(),
    'Multiplies the number, such as by 1000000 for a column in millions.',
  ),
  round: describe(
    z.int().min(0).max(15).optional(),
    'Rounds to this number of digits after the decimal point.',
  ),
  max: describe(
    z.int().min(2).max(100_000).optional(),
    'Maximum length of the text in characters; a longer text is shortened.',
  ),
  default: describe(scalar.optional(), 'The value if there is none.'),
  take: describe(
    z.enum(['first', 'last']).optional(),
    'Takes the first or the last of several values. `first` skips values that `onBadValue: drop` drops; if all values of a column are dropped, it continues with the next column of `from`.',
  ),
  join: describe(
    text.optional(),
    'Joins several values into one text, with this separator; not together with `take`. The `join` of the mapping joins files instead.',
  ),
  by: describe(
    z.enum(['name', 'code', 'id', 'key']).optional(),
    'How the value identifies a record: by its `name`, its `code`, its `id` in the imported register (see `scheme`), or its `key` in Entente.',
  ),
  scheme: describe(
    text.optional(),
    'Scheme of the id, if it is not the scheme of the mapping; or scheme of the code or topic.',
  ),
  create: describe(z.boolean().optional(), 'Creates the organization or topic if no record matches.'),
  onBadValue: describe(
    z.enum(['refuse', 'drop']).optional(),
    'Overrides `onBadValue` of the mapping for this value.',
  ),
})

/**
 * Where a value comes from, and what is done with it. `when` is checked before the value is read. The properties from `empty` to
 * `join` are steps: they run in this order.
 */
export interface ValueSteps extends z.output<typeof plainSteps> {
  country?: ValueMapping | undefined
  on?: ValueMapping | undefined
}

/** A value of a row: the name of a column or a path, `=` and a constant, or steps. */
export type ValueMapping = string | ValueSteps

/** Returns the message for a value that is neither text nor steps; undefined for one that is missing. */
export function needsValue(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (value === null) return 'must not be null: leave the property out if there is no value'
  const constant = quote(`=${typeof value === 'object' ? 'text' : value}`)
  return `needs a column or path, ${constant} for a constant, or steps such as {from: [A, B]}`
}

/** The schema of a value: a column, a constant, or steps. */
export const valueSchema: z.ZodType<ValueMapping> = describe(
  // The error is used only if the value is neither text nor an object.
  z.lazy(() => z.union([text.min(1), stepsSchema], { error: ({ input }) => needsValue(input) })),
  'A value: the name of a column or a path; `=treaty` for a constant; or steps.',
  'Value',
)

/** The schema of the steps of a value. */
export const stepsSchema = describe(
  plainSteps.extend({
    country: describe(z.lazy(() => valueSchema).optional(), 'Country of the organization to find.'),
    on: describe(
      z.lazy(() => valueSchema).optional(),
      'The date for which names of countries are resolved. Only its first year counts. By default, the event date of the record, such as `signedOn` of an agreement.',
    ),
  }),
  'Where a value comes from, and what is done with it. `when` is checked first. The keys from `empty` to `join` are steps: they run in the order of this list, however the mapping orders them.',
  'Steps',
)
