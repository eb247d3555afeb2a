import { isList } from '../reading/clean.ts'
import type { Draft, JsonObject, JsonValue, Mention, RowFault } from '../types.ts'
import type { OnBadValue } from './types.ts'
import type { BadValue } from './values/bad.ts'

/** Maximum length of a value in a fault, in characters. */
const maxShownLength = 200

/** Collects what the conversion of a row finds: faults, values that are dropped, and the mentions of a draft. */
export class Conversion {
  readonly faults: RowFault[]
  readonly dropped: RowFault[]
  /** The records that the row is about. */
  readonly records: Pick<Draft, 'resource' | 'externalId'>[]
  readonly mentions: Mention[] = []
  /** The event date of the record: names of former states are resolved as of that date. */
  on: string | undefined
  /** The mentions as JSON. */
  readonly #texts: string[] = []

  /** @param row the conversion of the row, which has the faults of all its drafts. */
  constructor(row?: Conversion) {
    this.faults = row?.faults ?? []
    this.dropped = row?.dropped ?? []
    this.records = row?.records ?? []
  }

  /** Notes that a value cannot be used. The row is refused for it, or does without the value. */
  reject(onBadValue: OnBadValue, column: string, value: JsonValue, { detail, suggestion }: BadValue): void {
    const fault = { column, value: show(value), detail, ...(suggestion !== undefined && { suggestion }) }
    if (onBadValue === 'drop') this.dropped.push(fault)
    else this.faults.push(fault)
  }

  /** Notes that a part of a value is not used, and the rest is. */
  note(column: string, value: JsonValue, detail: string): void {
    this.dropped.push({ column, value: show(value), detail })
  }

  /**
   * Ends a draft.
   * @returns its document and its mentions, without those of values that were dropped.
   */
  close(body: JsonObject): { document: JsonObject; mentions: readonly Mention[] } {
    const mentions: Mention[] = []
    const moved = new Map<number, number>()
    const move = (value: JsonValue): JsonValue => {
      if (typeof value !== 'object' || value === null) return value
      if (isList(value)) return value.map(move)
      const { $mention: index } = value
      if (typeof index !== 'number') return moveAll(value)
      const mention = this.mentions[index]
      const newIndex = moved.get(index) ?? mentions.length
      if (mention && !moved.has(index)) {
        moved.set(index, newIndex)
        mentions.push(mention)
      }
      return { $mention: newIndex }
    }
    const moveAll = (object: JsonObject): JsonObject =>
      Object.fromEntries(Object.entries(object).map(([name, item]) => [name, move(item)]))
    return this.dropped.length > 0
      ? { document: moveAll(body), mentions }
      : { document: body, mentions: this.mentions }
  }

  /** Adds a mention. @returns what stands for it in the document. The same mention is added once. */
  mention(mention: Mention): JsonObject {
    // The same name in two columns is one mention.
    const { column: _, ...rest } = mention
    const text = JSON.stringify(rest)
    const index = this.#texts.indexOf(text)
    if (index !== -1) return { $mention: index }
    this.#texts.push(text)
    return { $mention: this.mentions.push(mention) - 1 }
  }
}

const show = (value: JsonValue): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, maxShownLength)
