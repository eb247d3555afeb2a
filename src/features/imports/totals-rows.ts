import { quote } from '../../problems/faults.ts'
import { isList } from './reading/clean.ts'
import type { ConvertedRow, JsonValue, Row } from './types.ts'

/** Rows of totals at the end of tables or groups, which would become records, or whose amounts would be added to those of their group. */

/** Ids of rows of totals, without white space and in lower case. */
const totalsIds = /^(?:(?:grand|sub-?)?totals?|sum|合计|总计|小计|共计|合計|總計|小計|共計)[:：]?$/

const isTotalsId = (id: string): boolean => totalsIds.test(id.replace(/\s+/g, '').toLowerCase())

/** Maximum length of a value that is compared with the words for totals, in characters. */
const maxTotalsLength = 20

/** Returns the first column of a row of a group (`rows.groupBy`) whose value is a word for totals. */
function findTotalsColumn(row: JsonValue): { column: string; text: string } | undefined {
  if (typeof row !== 'object') return undefined
  for (const [column, text] of Object.entries(row ?? {}))
    if (typeof text === 'string' && text.length <= maxTotalsLength && isTotalsId(text))
      return { column, text }
  return undefined
}

/**
 * Finds the first row whose id is a word for totals, and the first group with a row that has such a word. Such rows are not refused,
 * since the word may also be a name.
 */
export class TotalsRows {
  #note: string | undefined
  #groupNote: string | undefined

  /** Looks at the ids of a converted row, and at the values of its group. */
  add(row: Row, converted: ConvertedRow): void {
    if (converted.kind !== 'drafts') return
    this.#addGroup(row)
    this.#addIds(
      row,
      converted.drafts.map(({ externalId }) => externalId.id),
    )
  }

  #addGroup({ locator, values: { rows } }: Row): void {
    // Only groups (`rows.groupBy`) have several rows, as in `rows 3–5`. Items of JSON may have a list with the same name.
    const isGroup = /–\d+$/.test(locator)
    if (this.#groupNote !== undefined || !isGroup || rows === undefined || !isList(rows)) return
    for (const member of rows) {
      const found = findTotalsColumn(member)
      if (!found) continue
      const { column, text } = found
      this.#groupNote = `In the group of ${locator}, a row has ${quote(text)} in the column ${quote(column)}. If this is a row of totals, leave its values out with when beside each in the mapping, unless the mapping does so already.`
      return
    }
  }

  #addIds({ locator }: Row, ids: readonly string[]): void {
    const id = ids.find(isTotalsId)
    if (id === undefined || this.#note !== undefined) return
    this.#note = `The id of ${locator} is ${quote(id)}. If this is a row of totals, leave such rows out with when in the mapping.`
  }

  /** Returns notes about the row and the group; none if there are no such rows. */
  get notes(): string[] {
    return [this.#note, this.#groupNote].filter((note) => note !== undefined)
  }
}
