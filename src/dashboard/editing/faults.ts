import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Fault } from '../api/client.ts'

/** The faults of a form, by the JSON pointers of their values. */
export type Faults = ReadonlyMap<string, readonly Fault[]>

/** Puts faults in order of their pointers. Those without one are about the whole record. */
export function byPointer(faults: readonly Fault[]): Faults {
  const found = new Map<string, Fault[]>()
  for (const fault of faults) {
    const pointer = fault.pointer ?? ''
    found.set(pointer, [...(found.get(pointer) ?? []), fault])
  }
  return found
}

export const FaultsContext = createContext<Faults>(new Map())

/** The faults of the value at a pointer. */
export const useFaults = (pointer: string): readonly Fault[] => useContext(FaultsContext).get(pointer) ?? []

/** The id of the element in which the value at a pointer is entered. */
export const fieldId = (pointer: string): string => `field${pointer}`

/** Moves the focus to the field of a fault, or to the nearest one around it. */
export function focusField(pointer: string): void {
  for (let path = pointer; path !== ''; path = path.slice(0, path.lastIndexOf('/'))) {
    const element = document.getElementById(fieldId(path))
    if (!element) continue
    element.focus()
    element.scrollIntoView({ block: 'center' })
    return
  }
}
