import { LRUCache } from 'lru-cache'
import { addTo } from '../../group-by.ts'
import { lazyFor } from '../../model/lazy.ts'
import { type ReferenceProperty, referenceProperties } from '../../model/reference-properties.ts'
import type { Resource } from '../../model/resource.ts'
import type { NameLookup } from '../../query/names.ts'
import type { Representation } from '../../query/representation.ts'

/**
 * Finds the references of records in their JSON text, with a regular expression. Parsing the text would take three times as
 * long. The text of a value never looks like a property, since quotation marks in it are escaped.
 */

/** The keys of records of one resource to which records refer. In a response, `names` has one section for each resource. */
export interface Section extends Omit<NameLookup, 'keys'> {
  keys: Set<string>
}

interface Finder {
  /** Matches a reference property up to the first character of its value: `"country":"`. */
  pattern: RegExp
  sections: Omit<Section, 'keys'>[]
  /** Indexes in `sections` of the sections that keys belong to, by the text that `pattern` matches. */
  sectionIndexes: Map<string, number[]>
}

const escapePattern = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/** The first character of a key or of a list of keys. */
const openings = ['"', '[']

function makeFinder(properties: ReferenceProperty[]): Finder {
  const resources = [...new Set(properties.map(({ resource }) => resource))]
  const sectionIndexes = new Map<string, number[]>()
  for (const { jsonPrefix, resource } of properties) {
    for (const opening of openings) {
      const beginning = jsonPrefix + opening
      addTo(sectionIndexes, beginning, resources.indexOf(resource))
    }
  }
  const starts = new Set(properties.map(({ jsonPrefix }) => escapePattern(jsonPrefix)))
  const opening = openings.map(escapePattern).join('|')
  const pattern = new RegExp(`(?:${[...starts].join('|')})(?:${opening})`, 'g')
  return { pattern, sections: resources.map((resource) => ({ resource })), sectionIndexes }
}

/** The latest finders of a resource, by representation. Clients can request any number of representations. */
const getFinders = lazyFor((_resource: Resource) => new LRUCache<string, Finder>({ max: 100 }))

function getFinder(resource: Resource, { fields, include }: Representation): Finder {
  const finders = getFinders(resource)
  const key = `${fields.join()}|${include.join()}`
  const finder = finders.get(key) ?? makeFinder(referenceProperties(resource, fields, include))
  finders.set(key, finder)
  return finder
}

/**
 * Adds a key, or each key of a list. Keys have no characters that JSON escapes.
 * @param index the index after the first character of the key or list (`"` or `[`).
 */
function addKeys(keys: Set<string>, text: string, index: number): void {
  if (text[index - 1] === '"') {
    keys.add(text.slice(index, text.indexOf('"', index)))
    return
  }
  const end = text.indexOf(']', index)
  if (end > index) for (const value of text.slice(index + 1, end - 1).split('","')) keys.add(value)
}

/**
 * Returns the sections of the references of records, each with its keys in the order of the text. A section may have no keys.
 * @param text JSON of the records, as PostgreSQL composes it.
 */
export function findReferencesInText(
  resource: Resource,
  representation: Representation,
  text: string,
): Section[] {
  const { pattern, sections, sectionIndexes } = getFinder(resource, representation)
  if (sections.length === 0) return []
  const found = sections.map(() => new Set<string>())
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    for (const index of sectionIndexes.get(match[0]) ?? []) {
      const keys = found[index]
      if (keys) addKeys(keys, text, pattern.lastIndex)
    }
  }
  return sections.map((section, index) => ({ ...section, keys: found[index] ?? new Set() }))
}
