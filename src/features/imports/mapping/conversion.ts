import { formatCount } from '../../../format-count.ts'
import { toFaultValue } from '../fault-value.ts'
import { recordIdentity } from '../identities.ts'
import { mentionName, replaceMentions } from '../mentions.ts'
import type { IdentifiedRecord, JsonObject, JsonValue, Mention, OnBadValue, RowFault } from '../types.ts'
import { BadValue } from './values/bad.ts'
import { RowTextLimits } from './values/text.ts'

/** Maximum number of values of an `each`, and of all `each` of a row. The conversion of the values blocks the event loop. */
const maxItems = 10_000
const maxRowItems = 100_000

/** Limits the values over which the parts of a mapping are repeated in a row. */
export class RowItemLimits {
  #count = 0

  /** Counts the values of an `each`. @returns the fault if it has too many, or all `each` of the row have. */
  add(count: number): BadValue | undefined {
    this.#count += count
    if (count > maxItems)
      return new BadValue(
        `The list of each has more than ${formatCount(maxItems)} values, which is the maximum.`,
      )
    if (this.#count <= maxRowItems) return undefined
    return new BadValue(
      `All lists of each in the row have more than ${formatCount(maxRowItems)} values, which is the maximum.`,
    )
  }
}

/**
 * Collects what the conversion of a draft finds: its mentions, and the faults, dropped values, records, `textLimits` and `itemLimits`,
 * which all drafts of a row share.
 */
export class Conversion {
  readonly faults: RowFault[]
  readonly dropped: RowFault[]
  /** The records that the row describes, by their identities. */
  readonly #records: Map<string, IdentifiedRecord>
  readonly textLimits: RowTextLimits
  readonly itemLimits: RowItemLimits
  readonly mentions: Mention[] = []
  /** The event date of the record: names of former countries are resolved as of that date. */
  eventDate: string | undefined
  /** The positions of the mentions, by their JSON. */
  readonly #positions = new Map<string, number>()

  /** @param rowConversion the conversion whose faults, dropped values, records, `textLimits` and `itemLimits` this one shares. */
  constructor(rowConversion?: Conversion) {
    this.faults = rowConversion?.faults ?? []
    this.dropped = rowConversion?.dropped ?? []
    this.textLimits = rowConversion?.textLimits ?? new RowTextLimits()
    this.itemLimits = rowConversion?.itemLimits ?? new RowItemLimits()
    this.#records = rowConversion ? rowConversion.#records : new Map()
  }

  /** The records that the row describes. */
  get records(): IdentifiedRecord[] {
    return [...this.#records.values()]
  }

  /** Adds a record that the row describes. @returns false if the row already describes it. */
  addRecord(record: IdentifiedRecord): boolean {
    const identity = recordIdentity(record)
    if (this.#records.has(identity)) return false
    this.#records.set(identity, record)
    return true
  }

  /** Reports a value that cannot be used. @param onBadValue whether the row is refused or the value is dropped. */
  reportBadValue(
    onBadValue: OnBadValue,
    column: string,
    value: JsonValue,
    { detail, suggestion }: BadValue,
  ): void {
    const fault = {
      column,
      value: this.#show(value),
      detail,
      ...(suggestion !== undefined && { suggestion }),
    }
    if (onBadValue === 'drop') this.dropped.push(fault)
    else this.faults.push(fault)
  }

  /** Reports that a part of a value is dropped. */
  reportDroppedPart(column: string, value: JsonValue, detail: string): void {
    this.dropped.push({ column, value: this.#show(value), detail })
  }

  /**
   * Finishes a draft.
   * @returns its document and its mentions, without the mentions in dropped values and in items that are left out.
   */
  finish(body: JsonObject): { document: JsonObject; mentions: readonly Mention[] } {
    if (this.mentions.length === 0) return { document: body, mentions: this.mentions }
    const newIndexes = new Map<number, number>()
    const renumber = (index: number): JsonValue => {
      const newIndex = newIndexes.get(index) ?? newIndexes.size
      newIndexes.set(index, newIndex)
      return { $mention: newIndex }
    }
    const document = Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name, replaceMentions(value, renumber)]),
    )
    return { document, mentions: [...newIndexes.keys()].flatMap((index) => this.mentions[index] ?? []) }
  }

  /** Adds a mention. Equal mentions are added once. @returns its placeholder in the document. */
  mention(mention: Mention): JsonObject {
    // The same name in two columns is one mention.
    const { column: _, ...rest } = mention
    const text = JSON.stringify(rest)
    const position = this.#positions.get(text) ?? this.mentions.push(mention) - 1
    this.#positions.set(text, position)
    return { $mention: position }
  }

  /** Returns a value for people: mentions by their names, and an empty text for no value. */
  #show(value: JsonValue): string {
    if (value === null) return ''
    const shown = replaceMentions(value, (index) => {
      const mention = this.mentions[index]
      return mention ? mentionName(mention) : { $mention: index }
    })
    return toFaultValue(typeof shown === 'string' ? shown : JSON.stringify(shown))
  }
}
