import { findOrderFault, findPrecededDate } from '../../model/date-order.ts'
import type { Resource } from '../../model/resource.ts'
import type { Document } from '../../operations/writing/documents.ts'
import { invalidBody } from '../../operations/writing/validation.ts'
import { formatPointer } from '../../problems/faults.ts'
import type { Fault } from '../../problems/problem.ts'

/** How a row changes a record. */
interface RowChange {
  before: Document
  /** The record with the values of the row, and with those that it keeps. */
  after: Document
  /** The values of the row. */
  row: Document
  /** The properties that keep their values although the row has other ones. */
  edited: readonly string[]
}

/**
 * Checks the order of two dates of which the row states one and the record keeps the other.
 * @throws Problem `invalid-body` with faults that name the date which the record keeps, since the file does not have it.
 */
export function requireOrderWithKept(
  { fields, noun }: Resource,
  { before, after, row, edited }: RowChange,
): void {
  const isKept = (name: string) => !(name in row) || edited.includes(name)
  const faults = Object.keys(fields).flatMap((name): Fault[] => {
    const start = findPrecededDate(fields, after, name)
    if (start === undefined || isKept(name) === isKept(start)) return []
    if ([name, start].every((date) => after[date] === before[date])) return []
    const kept = isKept(name) ? name : start
    const reason = edited.includes(kept)
      ? `The registry keeps "${after[kept]}", which others have set: correct the record, or set onEdited to replace`
      : `The registry has "${after[kept]}" from an earlier file or an edit, and the row has no value for "${kept}": write the right date in the row, or correct the record`
    const message = `${findOrderFault(fields, after, name)}. ${reason}`
    return [{ pointer: formatPointer([name]), code: 'too_early', message }]
  })
  if (faults.length > 0) throw invalidBody(noun, faults)
}
