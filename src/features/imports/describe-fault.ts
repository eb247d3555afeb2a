import { quote } from '../../problems/faults.ts'
import type { RowFault } from './types.ts'

/**
 * Returns a fault of a row as `"value": detail`, or as the detail alone if there is no value. A value at the start of the detail
 * is not repeated, and the detail has no full stop at its end.
 */
export function describeFault({ value, detail }: RowFault): string {
  const reason = detail.replace(/\.$/, '')
  if (value === '') return reason
  const quoted = quote(value)
  if (reason.startsWith(`${quoted} `)) return `${quoted}: ${reason.slice(quoted.length + 1)}`
  // The detail may quote more characters of a long value.
  const quotesMore = quoted.endsWith('…') && reason.startsWith(quoted.slice(0, -1))
  return `${quoted}: ${quotesMore ? reason.replace(/^"(?:[^"\\]|\\.)*" /, '') : reason}`
}
