import { z } from 'zod'
import { requireLineCharacters, requireProseCharacters, requireVisible } from './characters.ts'
import { requireDecimals } from './decimals.ts'
import { describeEdtfFault } from './edtf.ts'
import { findTagByName, isLanguageTag } from './language-tags.ts'
import { registerSchema } from './schema-names.ts'

/** Zod schemas of values in requests and responses. */

/** One line of text that is not empty, such as a name or title. It is stored in the Unicode form NFC. */
export const line = (max = 500) =>
  z
    .string()
    .superRefine(requireLineCharacters)
    .superRefine(requireVisible)
    .normalize('NFC')
    .min(1)
    .max(max)
    .regex(/^\S([\s\S]*\S)?$/, { error: 'must not be blank or have white space at its ends' })

/** Text of several lines. It is stored in the Unicode form NFC. */
export const prose = (max = 10_000) =>
  z
    .string()
    .superRefine(requireProseCharacters)
    .superRefine(requireVisible)
    .normalize('NFC')
    .min(1)
    .max(max)
    .regex(/\S/, { error: 'must not be blank' })

/** A word in snake_case. */
export const word = () =>
  z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/, {
      error: 'must be a word in snake_case, such as partner_countries',
    })

/** A time in RFC 3339, which allows any offset from UTC, any number of decimals and lower-case letters. */
export const timestamp = z
  .string()
  .toUpperCase()
  .check(
    z.iso.datetime({ offset: true, error: 'must be an RFC 3339 timestamp such as 2026-01-31T09:30:00Z' }),
  )

/** A historical date as its source gives it: EDTF, levels 0 and 1. */
export const edtf = (description: string) =>
  z
    .string()
    .max(60)
    .superRefine((text, context) => {
      const message = describeEdtfFault(text)
      if (message !== undefined)
        context.addIssue({ code: 'custom', params: { code: 'invalid_date' }, message })
    })
    .meta({ description: `${description} EDTF.`, format: 'edtf', examples: ['2011-04'] })

function describeBadLanguage({ input }: { input?: unknown }): string {
  const meant = typeof input === 'string' ? findTagByName(input) : undefined
  return `must be a BCP 47 language tag, such as en or zh-Hans${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}

/**
 * A language tag of BCP 47 (`isLanguageTag`). The pattern, which the OpenAPI document has, allows more;
 * `src/dashboard/build/describe.ts` recognizes language tags by it.
 */
export const language = () =>
  z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/, { error: describeBadLanguage, abort: true })
    .refine(isLanguageTag, { error: describeBadLanguage })

const currencyNames = new Intl.DisplayNames('en', { type: 'currency', fallback: 'none' })

/** Whether three capital letters are the code of a currency. XXX means that there is none, and XTS is for tests. */
const isCurrency = (code: string): boolean =>
  code !== 'XXX' && code !== 'XTS' && currencyNames.of(code) !== undefined

/** Usual abbreviations of currencies that are no ISO 4217 codes, with the codes. */
const currencyAbbreviations = new Map([
  ['RMB', 'CNY'],
  ['NTD', 'TWD'],
  ['NIS', 'ILS'],
])

function describeUnknownCurrency(code: unknown): string {
  const meant = typeof code === 'string' ? currencyAbbreviations.get(code) : undefined
  return `is not an ISO 4217 currency${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}

/**
 * The ISO 4217 code of a currency, a withdrawn currency (`DEM`), a metal or a unit of account. The accepted codes are those
 * for which the CLDR data of Node.js has a name. They lack XAD, CHC, GHP, LSM and ZWN (and ZWG, if Node.js has an ICU before
 * version 76), and have some codes that ISO 4217 lacks, such as CNH.
 */
export const currency = () =>
  z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'must be an ISO 4217 code, such as CNY' })
    .refine((code) => !/^[A-Z]{3}$/.test(code) || isCurrency(code), {
      error: ({ input }) => describeUnknownCurrency(input),
    })
    .meta({ description: 'ISO 4217 code.', examples: ['CNY'] })

/** The largest amount below 10^13 with two decimals, for the OpenAPI document, from which exclusive bounds are removed. */
export const maxAmount = 9_999_999_999_999.99

/** An amount of money: exact as a JSON number. */
export const money = registerSchema(
  'Money',
  z
    .strictObject({
      amount: z
        .number()
        .min(0)
        .lt(1e13)
        .superRefine(requireDecimals(2))
        .meta({ description: 'At most two decimals.', maximum: maxAmount }),
      currency: currency(),
    })
    .meta({ description: 'An amount and its currency.', examples: [{ amount: 1500000, currency: 'CNY' }] }),
)

const alias = registerSchema(
  'Alias',
  z
    .strictObject({
      name: line(300),
      language: language().nullable().default(null).meta({ description: 'BCP 47 tag.' }),
    })
    .meta({ description: 'Another name.', examples: [{ name: '巴基斯坦', language: 'zh' }] }),
)

/** A list of other names. */
export const aliases = () =>
  z.array(alias).max(100).default([]).meta({ description: 'Other spellings and names, in any language.' })

const schemeName = () =>
  z
    .string()
    .max(60)
    .regex(/^[a-z0-9][a-z0-9._-]*$/, {
      error: 'must be lower-case letters, digits, ".", "_" and "-", and must begin with a letter or digit',
    })

/** The name of a scheme of topics. */
export const topicScheme = () => schemeName().meta({ examples: ['ford'] })

/** The name of an external system that assigns identifiers to records. */
export const externalScheme = () =>
  schemeName().meta({ description: 'The external system.', examples: ['interview-2011'] })

/** The identifier of a record in an external system. */
export const externalId = registerSchema(
  'ExternalId',
  z
    .strictObject({
      scheme: externalScheme(),
      id: line(300).meta({ description: 'The identifier in that system.' }),
    })
    .meta({
      description: 'Identifier of the record in an external system.',
      examples: [{ scheme: 'interview-2011', id: 'F01' }],
    }),
)

/** Converts a text to lower case as PostgreSQL does: each letter becomes one letter, whatever letters are next to it. */
const toLowerCase = (text: string): string => text.replaceAll('İ', 'i').replaceAll('Σ', 'σ').toLowerCase()

export type ExternalId = z.output<typeof externalId>

/** Returns the identity of an external id, as in the unique index: without case, in compatibility form (NFKC). */
export const externalIdKey = ({ scheme, id }: ExternalId): string =>
  `${scheme}:${toLowerCase(id.normalize('NFKC'))}`

/** The identifiers of a record in external systems. */
export const externalIds = () =>
  z.array(externalId).max(100).superRefine(requireUnique<ExternalId>(externalIdKey)).default([]).meta({
    description: 'Identifiers in external systems. Each pair of scheme and id is unique.',
  })

/** A property that may be unknown. A missing property is the same as null. */
export const optional = <T extends z.ZodType>(schema: T) => schema.nullable().default(null)

/** The schemas whose values are keys of records, each with the name of the resource of these records. */
export const references = new WeakMap<z.core.$ZodType, string>()

/** Marks a schema whose values are keys of records of a resource. Returns the schema. */
export function refersTo<T extends z.ZodType>(schema: T, resource: string): T {
  references.set(schema, resource)
  return schema
}

/** The schemas of lists in which equal items are different things, as equal amounts are. */
export const repeatableLists = new WeakSet<z.core.$ZodType>()

/** Refuses duplicate items of a list. @param identity returns the value by which items are compared. */
export const requireUnique =
  <Item>(identity: (item: Item) => unknown) =>
  (list: Item[], context: z.RefinementCtx): void => {
    const seen = new Set<unknown>()
    for (const [index, item] of list.entries()) {
      if (seen.has(identity(item))) {
        const message = 'occurs twice in the list'
        context.addIssue({ code: 'custom', path: [index], params: { code: 'repeated' }, message })
      }
      seen.add(identity(item))
    }
  }

/** A list without duplicates. */
export const distinct = <T extends z.ZodType>(items: T) =>
  z
    .array(items)
    .max(100)
    .superRefine(requireUnique((item: z.output<T>) => item))
