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
  // The detail may quote more characters of a long value.
  const isRepeated = reason.startsWith(quoted.endsWith('…') ? quoted.slice(0, -1) : `${quoted} `)
  return `${quoted}: ${isRepeated ? reason.replace(/^"(?:[^"\\…]|\\.)*["…] /, '') : reason}`
}
