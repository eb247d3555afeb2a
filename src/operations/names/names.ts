import type { Changes } from '../../database/changes.ts'
import type { DatabaseClient, Transaction } from '../../database/database.ts'
import type { Language } from '../../model/languages.ts'
import type { Registry } from '../../model/registry.ts'
import type { Resource } from '../../model/resource.ts'
import { type NameLookup, namesStatement } from '../../query/names.ts'
import type { Representation } from '../../query/representation.ts'
import { findReferencesInText, type Section } from './references-in-text.ts'

/** Maximum number of names in memory in each language. When it is reached, all names in this language are removed. */
const maxNames = 50_000

/** Names by resource and key, as members of a JSON object: `"CHN":"China"`. */
type Dictionary = Map<string, Map<string, string>>

const countNames = (dictionary: Dictionary) =>
  [...dictionary.values()].reduce((sum, { size }) => sum + size, 0)

/** Returns the JSON of the names that the dictionary has for the keys in sections, and the keys whose names it lacks. */
function composeNames(
  sections: readonly Section[],
  dictionary: Dictionary,
): { json: string; missing: NameLookup[] } {
  const missing: NameLookup[] = []
  const parts = sections.map((section) => {
    const names = dictionary.get(section.resource)
    const keys: string[] = []
    let members = ''
    for (const key of section.keys) {
      const member = names?.get(key)
      if (member === undefined) keys.push(key)
      else members += members === '' ? member : `,${member}`
    }
    if (keys.length > 0) missing.push({ ...section, keys })
    return `"${section.resource}":{${members}}`
  })
  return { json: `{${parts.join()}}`, missing }
}

/** Reads names into a dictionary. A key that is malformed, or has no record, gets no entry. */
async function readNames(
  tx: Transaction,
  registry: Registry,
  missing: readonly NameLookup[],
  language: Language,
  dictionary: Dictionary,
): Promise<void> {
  const lookups = missing.flatMap(({ resource, keys }) => {
    const { schema } = registry.keySpec(resource)
    const wellFormed = keys.filter((key) => schema.safeParse(key).success)
    return wellFormed.length > 0 ? [{ resource, keys: wellFormed }] : []
  })
  if (lookups.length === 0) return
  const statement = namesStatement(registry, lookups, language)
  const rows = await tx.query<{ index: number; value: string; name: string }>(statement)
  for (const { index, value, name } of rows) {
    const { resource = '' } = lookups[index] ?? {}
    const names = dictionary.get(resource) ?? new Map<string, string>()
    dictionary.set(resource, names.set(value, `${JSON.stringify(value)}:${JSON.stringify(name)}`))
  }
}

/** Returns the text of the statement that reads names for the keys in sections; undefined if there are no keys. */
function namesStatementText(
  sections: readonly Section[],
  registry: Registry,
  language: Language,
): string | undefined {
  const lookups = sections.filter(({ keys }) => keys.size > 0).map(({ resource }) => ({ resource, keys: [] }))
  return lookups.length === 0 ? undefined : namesStatement(registry, lookups, language).text
}

/** The records whose references get names, and the language of the names. */
export interface NamesRequest {
  resource: Resource
  representation: Representation
  /** JSON of the records. */
  text: string
  language: Language
  /** Whether the database reads the past. */
  isPast: boolean
}

/**
 * Finds the names of the records that responses refer to. Current names are cached until something in the database changes:
 * with a second statement for the names, a page of a list takes about twice as long (`docs/performance.md`).
 */
export class Names {
  readonly #changes: Changes | undefined
  readonly #dictionaries = new Map<Language, Dictionary>()
  #generation = -1

  /** @param changes tells when names may have changed; without it, no names are cached. */
  constructor(changes: Changes | undefined) {
    this.#changes = changes
  }

  /**
   * Returns the JSON of the names of all records to which the records of the request refer:
   * `{"countries":{"CHN":"China"},"topics":{}}`.
   * @param tx reads the names that are not in memory, as the reader of the response sees them.
   * @param database the database of `tx`. The statement of the names is reported to this database even if the names are cached,
   *   so that a stored response becomes stale when the names change.
   */
  async find(
    tx: Transaction,
    request: NamesRequest,
    database: Pick<DatabaseClient, 'reportRead' | 'freshness'>,
  ): Promise<string> {
    const { resource, representation, text, language, isPast } = request
    const sections = findReferencesInText(resource, representation, text)
    const dictionary =
      (isPast ? undefined : this.#currentDictionary(language, database.freshness?.asOf)) ?? new Map()
    const { json, missing } = composeNames(sections, dictionary)
    const statementText = namesStatementText(sections, resource.registry, language)
    if (statementText !== undefined) database.reportRead(statementText)
    if (missing.length === 0) return json
    // If something changes while the names are read, the next request does not use this dictionary.
    await readNames(tx, resource.registry, missing, language, dictionary)
    return composeNames(sections, dictionary).json
  }

  /**
   * Returns the dictionary of names in memory, which is empty after a change; undefined if names that are read now must not be
   * kept.
   * @param asOf the time as of which missing names are read, in milliseconds of `performance.now()`; now when left out. Names as
   *   of a time before the last change are not kept.
   */
  #currentDictionary(language: Language, asOf?: number): Dictionary | undefined {
    if (!this.#changes?.isCurrent()) return undefined
    const { generation } = this.#changes
    if (asOf !== undefined && this.#changes.generationAt(asOf) < generation) return undefined
    if (this.#generation !== generation) this.#dictionaries.clear()
    this.#generation = generation
    const found = this.#dictionaries.get(language)
    if (found && countNames(found) < maxNames) return found
    const dictionary: Dictionary = new Map()
    this.#dictionaries.set(language, dictionary)
    return dictionary
  }
}
