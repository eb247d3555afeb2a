import { isList } from './reading/clean.ts'
import type { JsonObject, JsonValue } from './types.ts'

/** Limits for showing a row, which may have 8 MiB. */
const limits = { characters: 300, items: 20, properties: 200, values: 2000 }

const shortenText = (text: string) =>
  text.length > limits.characters ? `${text.slice(0, limits.characters - 1).toWellFormed()}…` : text

/** Returns copies of values for people to look at: long texts end with `…`, and what is too much is left out. */
class Shortener {
  #left = limits.values

  shorten(value: JsonValue): JsonValue {
    this.#left -= 1
    if (typeof value === 'string') return shortenText(value)
    if (typeof value !== 'object' || value === null) return value
    if (isList(value)) return this.#fitting(value, limits.items).map((item) => this.shorten(item))
    const properties = this.#fitting(Object.entries(value), limits.properties)
    return Object.fromEntries(properties.map(([name, item]) => [name, this.shorten(item)]))
  }

  #fitting<T>(items: readonly T[], max: number): readonly T[] {
    return items.slice(0, Math.max(0, Math.min(max, this.#left)))
  }
}

/** Returns an object as `Shortener` shows it. */
export const shorten = (values: JsonObject): JsonValue => new Shortener().shorten(values)
