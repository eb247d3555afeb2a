import { addTo } from '../../names/group-by.ts'
import type { JsonObject } from '../types.ts'
import { textOf } from './path.ts'

/** A companion file in memory: a list of codes, or the rows of a joined file. */
export class CompanionRows {
  readonly columns: readonly string[]
  readonly #rows: readonly JsonObject[]
  readonly #indexes = new Map<string, Map<string, JsonObject[]>>()

  /** @param columns empty if the rows are nested objects, whose names are not known. */
  constructor(columns: readonly string[], rows: readonly JsonObject[]) {
    this.columns = columns
    this.#rows = rows
  }

  /** Returns the rows that have a text in a column. */
  find(column: string, text: string): readonly JsonObject[] {
    return this.#index(column).get(text) ?? []
  }

  /** The texts of a column, for suggestions; none if there are more than `max`. */
  texts(column: string, max: number): readonly string[] {
    const index = this.#index(column)
    return index.size > max ? [] : [...index.keys()]
  }

  #index(column: string): Map<string, JsonObject[]> {
    const cached = this.#indexes.get(column)
    if (cached) return cached
    const index = new Map<string, JsonObject[]>()
    for (const row of this.#rows) {
      const text = textOf(row[column] ?? null)
      if (text !== undefined) addTo(index, text, row)
    }
    this.#indexes.set(column, index)
    return index
  }
}
