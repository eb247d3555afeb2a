import { formatCount } from '../../../format-count.ts'
import { readLimits } from '../reading/limits.ts'
import { BadValue } from './values/bad-value.ts'

/** Maximum number of values of an `each`, and of all `each` of a row. The conversion of the values blocks the event loop. */
const maxItems = 10_000
const maxRowItems = 100_000

/** Maximum number of unknown words of a row for which a similar word is looked for: each is compared with all known words. */
const maxComparedWords = 10

/**
 * Maximum number of steps of the conversion of a row. A step takes less than a microsecond: a column that is read, a condition, a
 * replacement, a date format, or 25 characters of a text. What takes longer counts as several steps.
 */
const maxSteps = 2_000_000

/** Number of characters that count as a step. */
const charactersPerStep = 25

/** The steps of a report of a bad value or a dropped part, and the characters of JSON in it that count as a further step. */
const stepsOfReport = 50
const jsonCharactersPerStep = 4

/** The steps of a mention. */
const stepsOfMention = 5

/** The conversion of a row takes too many steps. The row is refused with the message. */
export class TooManySteps extends Error {}

/** Limits what a mapping makes of a row, so that a short row cannot become gigabytes, or block the event loop. */
export class RowLimits {
  /** Number of parts into which texts have been divided, without the first part of each. */
  parts = 0
  #items = 0
  #characters = 0
  #comparedWords = 0
  #steps = 0

  /** Counts steps of the conversion. @throws TooManySteps when the row has too many. */
  addSteps(count: number): void {
    this.#steps += count
    if (this.#steps <= maxSteps) return
    throw new TooManySteps(
      `The mapping takes more than ${formatCount(maxSteps)} steps for the row, which is the maximum. Each column, condition, replacement and date format counts again for each value of each and split: write fewer of them, or divide the row in the file.`,
    )
  }

  /** Counts the steps that edit or convert a text. @throws TooManySteps when the row has too many steps. */
  addText(text: string): void {
    this.addSteps(1 + Math.floor(text.length / charactersPerStep))
  }

  /**
   * Counts the steps that report a value, and read it in all notations before.
   * @param jsonLength length of the value in JSON if it is a list or an object; otherwise 0.
   * @throws TooManySteps when the row has too many steps.
   */
  addReport(jsonLength: number): void {
    this.addSteps(stepsOfReport + Math.floor(jsonLength / jsonCharactersPerStep))
  }

  /** Counts the steps that make a mention. @throws TooManySteps when the row has too many steps. */
  addMention(): void {
    this.addSteps(stepsOfMention)
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
