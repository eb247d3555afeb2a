import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Fault } from '../api/client.ts'

/** The faults of a form, by the JSON pointer (RFC 6901) of the value. */
export type Faults = ReadonlyMap<string, readonly Fault[]>

/** Groups faults by pointer. A fault without a pointer concerns the whole record, and has the key `''`. */
export function groupByPointer(faults: readonly Fault[]): Faults {
  const found = new Map<string, Fault[]>()
  for (const fault of faults) {
    const pointer = fault.pointer ?? ''
    found.set(pointer, [...(found.get(pointer) ?? []), fault])
  }
  return found
}

export const FaultsContext = createContext<Faults>(new Map())

/** Returns the faults of the value at a pointer. */
export const useFaults = (pointer: string): readonly Fault[] => useContext(FaultsContext).get(pointer) ?? []

/** Returns the HTML id of the input for the value at a pointer. */
export const fieldId = (pointer: string): string => `field${pointer}`

/** Moves the focus to the field at a pointer, or to the nearest enclosing field. */
export function focusField(pointer: string): void {
  for (let prefix = pointer; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
    const element = document.getElementById(fieldId(prefix))
    if (!element) continue
    element.focus()
    element.scrollIntoView({ block: 'center' })
    return
  }
}
