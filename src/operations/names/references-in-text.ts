import { type ReferenceProperty, referenceProperties } from '../../model/reference-properties.ts'
import type { Resource } from '../../model/resource.ts'
import type { Wanted } from '../../query/names.ts'
import type { Representation } from '../../query/representation.ts'

/**
 * Finds what records refer to in their JSON text. Parsing the text would take three times as long as finding the few
 * properties in it that refer to others. A property cannot be mistaken: inside a string, a quotation mark is escaped.
 */

/** Values that refer to records, by the section of the dictionary that has their names. */
export interface Section extends Omit<Wanted, 'values'> {
  section: string
  values: Set<string>
}

interface Finder {
  /** Finds the beginnings of values: the text before a value, and the character that opens the value. */
  pattern: RegExp
  sections: Omit<Section, 'values'>[]
  /** Which sections values belong to, by their beginnings. */
  places: Map<string, number[]>
}

const escapePattern = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

/** What opens a value: a quotation mark that of a text, a bracket that of a list of texts. */
const openings = ['"', '[']

function makeFinder(properties: ReferenceProperty[]): Finder {
  const sections = new Map(properties.map(({ section, reference }) => [section, { section, reference }]))
  const order = [...sections.keys()]
  const places = new Map<string, number[]>()
  for (const { before, section } of properties) {
    for (const opening of openings) {
      const beginning = before + opening
      places.set(beginning, [...(places.get(beginning) ?? []), order.indexOf(section)])
    }
  }
  const starts = new Set(properties.map(({ before }) => escapePattern(before)))
  const pattern = new RegExp(`(?:${[...starts].join('|')})["[]`, 'g')
  return { pattern, sections: [...sections.values()], places }
}

const finders = new WeakMap<Resource, Map<string, Finder>>()

function finderOf(resource: Resource, { fields, include }: Representation): Finder {
  const ofResource = finders.get(resource) ?? new Map<string, Finder>()
  finders.set(resource, ofResource)
  const key = `${fields.join()}|${include.join()}`
  const finder = ofResource.get(key) ?? makeFinder(referenceProperties(resource, fields, include))
  ofResource.set(key, finder)
  return finder
}

/**
 * Adds the values that begin at a place in the text. What is referred to has no characters that JSON escapes.
 * @param at the place after the opening character.
 */
function addValues(values: Set<string>, text: string, at: number): void {
  if (text[at - 1] === '"') {
    values.add(text.slice(at, text.indexOf('"', at)))
    return
  }
  const end = text.indexOf(']', at)
  if (end > at) for (const value of text.slice(at + 1, end - 1).split('","')) values.add(value)
}

/**
 * Returns what records refer to, in sections, in the order of the text. A section without values is empty.
 * @param text JSON of the records, as PostgreSQL composes it.
 */
export function findReferencesInText(
  resource: Resource,
  representation: Representation,
  text: string,
): Section[] {
  const { pattern, sections, places } = finderOf(resource, representation)
  if (sections.length === 0) return []
  const found = sections.map(() => new Set<string>())
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    for (const place of places.get(match[0]) ?? []) {
      const values = found[place]
      if (values) addValues(values, text, pattern.lastIndex)
    }
  }
  return sections.map((section, place) => ({ ...section, values: found[place] ?? new Set() }))
}
