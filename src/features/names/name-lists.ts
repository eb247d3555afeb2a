import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { packageRoot } from '../../package-root.ts'
import type { MatchReason } from './types.ts'

/** The lists of names in `seeds`, which supplement the names and aliases of records (`seeds/README.md`). */

const year = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number)

const listedName = z.strictObject({
  name: z.string(),
  code: z.string(),
  // `part`: the name of a part of the country. `former`: an earlier name, which was official from `from` to `to`. `dated`: the
  // name means the record only from `from` to `to`; at other times it means something else, such as a city.
  kind: z.enum(['short', 'abbreviation', 'spelling', 'former', 'part', 'dated']),
  from: year.optional(),
  to: year.optional(),
  source: z.string(),
})

const ambiguousName = z.strictObject({
  name: z.string(),
  codes: z.array(z.string()),
  // Why the name is ambiguous, for people.
  why: z.string(),
  // The name is ambiguous only in sources about this country.
  within: z.string().optional(),
  // The country that the name meant earlier, when it was not ambiguous.
  before: z.strictObject({ code: z.string(), from: year.optional(), to: year }).optional(),
})

const nameList = z.strictObject({
  sources: z.record(z.string(), z.string()),
  names: z.array(listedName),
  ambiguous: z.array(ambiguousName),
  // The state that is responsible for a territory, both by code.
  territories: z.array(z.strictObject({ code: z.string(), state: z.string() })),
})

const translations = z.record(z.string(), z.record(z.string(), z.array(z.string())))

/** Names of records by key, in further languages. */
export type Translations = z.output<typeof translations>

/** A list of names of a resource. */
export type NameList = z.output<typeof nameList>

type ListedName = z.output<typeof listedName>

/** The reason of a match with a name of each kind. */
export const kindReasons: Record<ListedName['kind'], MatchReason> = {
  short: 'alias',
  abbreviation: 'abbreviation',
  spelling: 'spelling',
  former: 'former-name',
  part: 'territory',
  dated: 'former-name',
}

const readJson = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(join(packageRoot, 'seeds', 'reference', 'names', file), 'utf8'))

const emptyList: NameList = { sources: {}, names: [], ambiguous: [], territories: [] }

async function readLists(resource: string): Promise<{ list: NameList; translated: Translations }> {
  if (resource === 'regions') return { list: nameList.parse(await readJson('regions.json')), translated: {} }
  if (resource !== 'countries') return { list: emptyList, translated: {} }
  const [list, translated] = await Promise.all([
    readJson('countries.json'),
    readJson('country-translations.json'),
  ])
  return { list: nameList.parse(list), translated: translations.parse(translated) }
}

const lists = new Map<string, ReturnType<typeof readLists>>()

/**
 * Returns the listed names of a resource. They are read once, and again only if they could not be read.
 * @throws Error when a file cannot be read or is invalid.
 */
export function listedNames(resource: string): ReturnType<typeof readLists> {
  const known = lists.get(resource)
  if (known) return known
  const read = readLists(resource)
  lists.set(resource, read)
  read.catch(() => lists.delete(resource))
  return read
}
