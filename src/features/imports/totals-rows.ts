import { quote } from '../../problems/faults.ts'
import type { ConvertedRow, Row } from './types.ts'

/** Rows of totals at the end of tables or groups, which would become records. */

/** Ids of rows of totals, without white space and in lower case. */
const totalsIds = /^(?:(?:grand|sub-?)?totals?|sum|合计|总计|小计|共计|合計|總計|小計|共計)[:：]?$/

const isTotalsId = (id: string): boolean => totalsIds.test(id.replace(/\s+/g, '').toLowerCase())

/** Finds the first row whose id is a word for totals. Such a row is not refused, since its id may also be a name. */
export class TotalsRows {
  #note: string | undefined

  /** Looks at the ids of a converted row. */
  add({ locator }: Row, converted: ConvertedRow): void {
    if (this.#note !== undefined || converted.kind !== 'drafts') return
    const id = converted.drafts.map(({ externalId }) => externalId.id).find(isTotalsId)
    if (id === undefined) return
    this.#note = `The id of ${locator} is ${quote(id)}. If this is a row of totals, leave such rows out with when in the mapping.`
  }

  /** Returns a note about the row; none if there is no such row. */
  get notes(): string[] {
    return this.#note === undefined ? [] : [this.#note]
  }
}
