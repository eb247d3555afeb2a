import { recordIdentity } from '../identities.ts'
import { mentionName, replaceMentions } from '../mentions.ts'
import { toFaultValue } from '../shorten.ts'
import type { IdentifiedRecord, JsonObject, JsonValue, Mention, OnBadValue, RowFault } from '../types.ts'
import { RowLimits } from './row-limits.ts'
import type { BadValue } from './values/bad-value.ts'

/**
 * Collects what the conversion of a draft finds: its mentions, and the faults, dropped values, records and limits, which all drafts of
 * a row share.
 */
export class Conversion {
  readonly faults: RowFault[]
  readonly dropped: RowFault[]
  /** The records that the row describes, by their identities. */
  readonly #records: Map<string, IdentifiedRecord>
  readonly limits: RowLimits
  readonly mentions: Mention[] = []
  /** The event date of the record: names of former countries are resolved as of that date. */
  eventDate: string | undefined
  /** The currency of the amount that is being converted. A currency sign in the amount must be a sign of this currency. */
  currency: string | undefined
  /** The properties that objects lack because their values were bad, which is already reported. */
  readonly #reportedGaps = new Map<JsonValue, ReadonlySet<string>>()
  /** The positions of the mentions, by their JSON. */
  readonly #positions = new Map<string, number>()

  /** @param rowConversion the conversion whose faults, dropped values, records and limits this one shares. */
  constructor(rowConversion?: Conversion) {
    this.faults = rowConversion?.faults ?? []
    this.dropped = rowConversion?.dropped ?? []
    this.limits = rowConversion?.limits ?? new RowLimits()
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
    const reports = onBadValue === 'drop' ? this.dropped : this.faults
    this.#report(reports, value, { column, detail, ...(suggestion !== undefined && { suggestion }) })
  }

  #report(reports: RowFault[], value: JsonValue, fault: Omit<RowFault, 'value'>): void {
    const text = this.#show(value)
    reports.push({ ...fault, value: toFaultValue(text) })
    // After the report, so that a row with too many operations has it, too.
    this.limits.addReport(typeof value === 'string' ? 0 : text.length)
  }

  /** Number of the faults and dropped values so far. */
  get reportCount(): number {
    return this.faults.length + this.dropped.length
  }

  /** Remembers the properties that an object lacks because their values were bad, which is already reported. */
  addReportedGaps(object: JsonObject, names: ReadonlySet<string>): void {
    this.#reportedGaps.set(object, names)
  }

  /** Whether an object lacks a property because its value was bad, which is already reported. */
  isReportedGap(object: JsonValue, name: string): boolean {
    return this.#reportedGaps.get(object)?.has(name) === true
  }

  /** Joins texts. @returns the text; none if the texts of the row become too long, which it reports. */
  joinTexts(
    texts: readonly string[],
    separator: string,
    { onBadValue, column }: { onBadValue: OnBadValue; column: string },
  ): string[] {
    // Counted before the texts are joined: they may be longer together than a string can be.
    const characters = texts.reduce((sum, text) => sum + text.length + separator.length, 0)
    const fault = this.limits.addCharacters(characters)
    if (!fault) return [texts.join(separator)]
    this.reportBadValue(onBadValue, column, null, fault)
    return []
  }

  /** Reports that a part of a value is dropped. */
  reportDroppedPart(column: string, value: JsonValue, detail: string): void {
    this.#report(this.dropped, value, { column, detail })
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
    this.limits.addMention()
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
    return typeof shown === 'string' ? shown : JSON.stringify(shown)
  }
}
