import { formatCount } from '../../../format-count.ts'
import { readLimits } from '../reading/limits.ts'
import { BadValue } from './values/bad-value.ts'

/** Maximum number of values of an `each`, and of all `each` of a row. The conversion of the values blocks the event loop. */
const maxItems = 10_000
const maxRowItems = 100_000

/** Maximum number of unknown words of a row for which a similar word is looked for: each is compared with all known words. */
const maxComparedWords = 10

/**
 * Maximum number of operations of the conversion of a row. An operation takes less than a microsecond: a column that is read, a
 * condition, a replacement, a date format, or 25 characters of a text. What takes longer counts as several operations.
 */
const maxOperations = 2_000_000

/** Number of characters that count as an operation. */
const charactersPerOperation = 25

/** The operations of a report of a bad value or a dropped part, and the characters of JSON in it that count as a further operation. */
const operationsOfReport = 50
const jsonCharactersPerOperation = 4

/** The operations of a mention. */
const operationsOfMention = 5

/** The conversion of a row takes too many operations. The row is refused with the message. */
export class TooManyOperations extends Error {}

/** Limits what a mapping makes of a row, so that a short row cannot become gigabytes, or block the event loop. */
export class RowLimits {
  /** Number of parts into which texts have been divided, without the first part of each. */
  parts = 0
  #items = 0
  #characters = 0
  #comparedWords = 0
  #operations = 0

  /** Counts operations of the conversion. @throws TooManyOperations when the row has too many. */
  addOperations(count: number): void {
    this.#operations += count
    if (this.#operations <= maxOperations) return
    throw new TooManyOperations(
      `The mapping takes more than ${formatCount(maxOperations)} operations for the row, which is the maximum. Each column, condition, replacement and date format counts again for each value of each and split: write fewer of them, or divide the row in the file.`,
    )
  }

  /** Counts the operations that edit or convert a text. @throws TooManyOperations when the row has too many operations. */
  addText(text: string): void {
    this.addOperations(1 + Math.floor(text.length / charactersPerOperation))
  }

  /**
   * Counts the operations of a report of a value, and of the earlier attempts to read the value in all notations.
   * @param jsonLength length of the value in JSON; 0 for a text.
   * @throws TooManyOperations when the row has too many operations.
   */
  addReport(jsonLength: number): void {
    this.addOperations(operationsOfReport + Math.floor(jsonLength / jsonCharactersPerOperation))
  }

  /** Counts the operations that make a mention. @throws TooManyOperations when the row has too many operations. */
  addMention(): void {
    this.addOperations(operationsOfMention)
  }

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
