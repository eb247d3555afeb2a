import { v5 as nameBasedUuid } from 'uuid'
import { z } from 'zod'
import { lazyFor } from './lazy.ts'

/** The schema of a key, and who assigns it. */
export interface KeySpec {
  /** Schema of a key. A key that does not match is refused before the database is queried. */
  schema: z.ZodType<string>
  /** `registry` for UUIDs, `client` for codes and slugs, which are part of the document. */
  assignedBy: 'registry' | 'client'
}

/** A record, by its resource and key. */
export interface RecordKey {
  resource: string
  key: string
}

/** Returns a record's resource and key as one text: `countries PAK`. */
export const formatRecordKey = ({ resource, key }: RecordKey): string => `${resource} ${key}`

/** A UUID in lower case. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const slugPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** A key of any resource. UUIDs in lower case and the digits of regions have the form of slugs, too. */
const anyPattern = new RegExp(`^[A-Z]{3}$|${slugPattern.source}`)

/** Schemas of records' keys. Each error describes the form of a key. */
export const keys = {
  /** @param resource the resource of the record. If it is given, the error for a name suggests a search for the record. */
  uuid: (resource?: string) =>
    z
      .string()
      .regex(uuidPattern, {
        error: ({ input }) =>
          `must be a UUID in lower case, such as 01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90${suggestLowerCase(input, uuidPattern) || suggestSearchOfName(input, resource)}`,
      })
      .meta({ format: 'uuid' }),
  /** @param isNew whether it is the key of a record to create, which a search does not find. */
  country: ({ isNew = false } = {}) =>
    z.string().regex(/^[A-Z]{3}$/, {
      error: ({ input }) =>
        `must be three capital letters of ISO 3166-1 alpha-3, such as PAK${suggestUpperCase(input) || (isNew ? '' : suggestSearch(input, 'countries'))}`,
    }),
  /** @param isNew as for `country`. */
  region: ({ isNew = false } = {}) =>
    z.string().regex(/^[0-9]{3}$/, {
      error: ({ input }) =>
        `must be three digits of UN M49, such as 142 for Asia${suggestDigits(input) || (isNew ? '' : suggestSearch(input, 'regions'))}`,
    }),
  /** @param isNew as for `country`. */
  topic: ({ isNew = false } = {}) =>
    z
      .string()
      .max(100)
      .regex(slugPattern, {
        error: ({ input }) =>
          `must be a slug in lower case, such as electric-vehicles${isNew ? suggestLowerCase(input, slugPattern) : suggestTopic(input)}`,
      }),
  /** The key of a record of any resource. */
  any: () =>
    z
      .string()
      .max(100)
      .regex(anyPattern, {
        error: ({ input }) =>
          `must be the id, code or slug of a record${suggestTrimmed(input, anyPattern) || suggestUpperCase(input) || suggestLowerCase(input, slugPattern)}`,
      }),
}

/** Returns the `KeySpec` of a resource to whose records the registry assigns UUIDs. @param declaration the resource's declaration. */
export const generatedKey = lazyFor(
  ({ name }: { name: string }): KeySpec => ({ schema: keys.uuid(name), assignedBy: 'registry' }),
)

function suggestUpperCase(input: unknown): string {
  const [, letters] = typeof input === 'string' ? (/^\s*([A-Za-z]{3})\s*$/.exec(input) ?? []) : []
  return letters === undefined ? '' : `; did you mean "${letters.toUpperCase()}"?`
}

/** Suggests the code of a region with its leading zeros, which numbers lose, and without spaces. */
function suggestDigits(input: unknown): string {
  const [, digits] = typeof input === 'string' ? (/^\s*([0-9]{1,3})\s*$/.exec(input) ?? []) : []
  return digits === undefined ? '' : `; did you mean "${digits.padStart(3, '0')}"?`
}

/** As `suggestSearch`, but not for a text with digits: it is probably an external id, which a search does not find. */
function suggestSearchOfName(input: unknown, resource: string | undefined): string {
  return resource === undefined || /\d/.test(String(input)) ? '' : suggestSearch(input, resource)
}

/**
 * Returns the end of a message that suggests a search for a record by its name; empty unless the input is a text of up to 60
 * characters that begins with a letter.
 */
export function suggestSearch(input: unknown, resource: string): string {
  return typeof input === 'string' && input.isWellFormed() && /^\p{L}.{0,59}$/u.test(input)
    ? `; find it with /v1/search?q=${encodeURIComponent(input)}&resource=${resource}`
    : ''
}

/** Suggests the text without the spaces around it, if this form matches the pattern. */
function suggestTrimmed(input: unknown, pattern: RegExp): string {
  const word = typeof input === 'string' ? input.trim() : ''
  return word.length <= 100 && pattern.test(word) ? `; did you mean "${word}"?` : ''
}

/**
 * Suggests a search for a name of several words, whose topic may have another slug. For other texts, suggests the lower-case form or,
 * if this is not a slug, a search: `能源`.
 */
function suggestTopic(input: unknown): string {
  const isName = typeof input === 'string' && /\S\s+\S/.test(input)
  const search = suggestSearch(input, 'topics')
  return isName && search !== '' ? search : suggestLowerCase(input, slugPattern) || search
}

/** Suggests the text in lower case, with hyphens instead of spaces and `_`, if this form matches the pattern. */
function suggestLowerCase(input: unknown, pattern: RegExp): string {
  const word =
    typeof input === 'string'
      ? input
          .trim()
          .toLowerCase()
          .replaceAll(/[\s_]+/g, '-')
      : ''
  return word.length <= 100 && pattern.test(word) ? `; did you mean "${word}"?` : ''
}

/** UUID namespace of the ids of records with natural keys. The SQL function `name_id` uses the same. */
const namespace = '3f0f3e8c-6a0b-5d0e-9b1a-5f5f0c1d2e3a'

/**
 * Returns the id of a record: its key if that is a UUID, otherwise a name-based UUID of resource and key (version 5,
 * RFC 9562), so that a restored or imported record has the same id in every registry.
 */
export const recordId = (resource: { name: string; key: KeySpec }, key: string): string =>
  resource.key.assignedBy === 'registry' ? key : nameBasedUuid(`${resource.name}/${key}`, namespace)
