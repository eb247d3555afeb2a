import { formatCount } from '../../../format-count.ts'
import { readLimits } from '../reading/limits.ts'
import { BadValue } from './values/bad-value.ts'

/** Maximum number of values of an `each`, and of all `each` of a row. The conversion of the values blocks the event loop. */
const maxItems = 10_000
const maxRowItems = 100_000

/** Maximum number of unknown words of a row for which a similar word is looked for: each is compared with all known words. */
const maxComparedWords = 10

/** Limits what a mapping makes of a row, so that a short row cannot become gigabytes, or block the event loop. */
export class RowLimits {
  /** Number of parts into which texts have been divided, without the first part of each. */
  parts = 0
  #items = 0
  #characters = 0
  #comparedWords = 0

  /** Counts the values of an `each`. @returns the fault if it has too many, or all `each` of the row have. */
  addItems(count: number): BadValue | undefined {
    this.#items += count
    if (count > maxItems)
      return new BadValue(
        `The list of each has more than ${formatCount(maxItems)} values, which is the maximum.`,
      )
    if (this.#items <= maxRowItems) return undefined
    return new BadValue(
      `All lists of each in the row have more than ${formatCount(maxRowItems)} values, which is the maximum.`,
    )
  }

  /** Counts an unknown word. @returns the known words that it is compared with: none if the row has many unknown words. */
  wordsToCompare(known: readonly string[]): readonly string[] {
    this.#comparedWords += 1
    return this.#comparedWords > maxComparedWords ? [] : known
  }

  /**
   * Counts the characters that `replace` adds, or that a result of `template` or `join` has.
   * @returns the fault if there are too many in the row.
   */
  addCharacters(characters: number): BadValue | undefined {
    this.#characters += characters
    if (this.#characters <= readLimits.rowCharacters) return undefined
    return new BadValue(
      `The steps template, replace and join make more than ${formatCount(readLimits.rowCharacters)} characters of the texts of the row.`,
    )
  }
}
