import { isList } from './reading/clean.ts'
import type { JsonObject, JsonValue } from './types.ts'

/** Limits of a row that is shown. A row may have 8 Mi characters. */
const limits = { characters: 300, items: 20, properties: 200, values: 2000 }

/** Cuts off a text that has more than `max` characters, with `…` at its end and no white space before it. */
export const shortenText = (text: string, max: number): string => {
  if (text.length <= max) return text
  const beginning = text.slice(0, max - 1).toWellFormed()
  return `${beginning.trimEnd()}…`
}

/** Copies values for display: long texts are cut off with `…`, and items beyond the limits are left out. */
class Shortener {
  /** Number of values to copy before further items are left out; may become negative. */
  #remaining = limits.values

  shorten(value: JsonValue): JsonValue {
    this.#remaining -= 1
    if (typeof value === 'string') return shortenText(value, limits.characters)
    if (typeof value !== 'object' || value === null) return value
    if (isList(value)) return this.#first(value, limits.items).map((item) => this.shorten(item))
    const properties = this.#first(Object.entries(value), limits.properties)
    return Object.fromEntries(properties.map(([name, item]) => [name, this.shorten(item)]))
  }

  #first<T>(items: readonly T[], max: number): readonly T[] {
    return items.slice(0, Math.max(0, Math.min(max, this.#remaining)))
  }
}

/** Returns a copy of an object for display (`Shortener`). */
export const shorten = (values: JsonObject): JsonValue => new Shortener().shorten(values)

/** Maximum length of the value in a fault, in characters. */
const maxFaultValueLength = 200

/** Shortens a text for `RowFault.value`. */
export const toFaultValue = (text: string): string => text.slice(0, maxFaultValueLength)
