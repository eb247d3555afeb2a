import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Fault } from '../api/client.ts'
import { isInexact } from './form-values.ts'

/** The faults of a form, by the JSON pointer (RFC 6901) of the value. */
export type Faults = ReadonlyMap<string, readonly Fault[]>

/**
 * Groups faults by pointer, without those of fields that the user has changed since. A fault without a pointer concerns the whole
 * record, and has the key `''`.
 */
export function groupByPointer(faults: readonly Fault[]): Faults {
  const found = new Map<string, Fault[]>()
  for (const fault of faults) {
    if (fault.isOutdated) continue
    const pointer = fault.pointer ?? ''
    found.set(pointer, [...(found.get(pointer) ?? []), fault])
  }
  return found
}

/** Whether a fault may no longer hold after the value at the pointer `changed` has changed. */
function isConcerned({ pointer = '', code }: Fault, changed: string): boolean {
  if (pointer === '') return false
  if (changed === pointer || changed.startsWith(`${pointer}/`)) return true
  // A repeated item equals an earlier item of its list.
  const list = pointer.slice(0, pointer.lastIndexOf('/') + 1)
  return (
    code === 'repeated' &&
    changed.startsWith(list) &&
    Number.parseInt(changed.slice(list.length), 10) < Number(pointer.slice(list.length))
  )
}

/**
 * Marks the faults of changed values, of the values that contain them, and of items that repeat them, as outdated. Returns the same
 * array if there are none.
 * @param changed JSON pointers of the changed values.
 */
export const withOutdated = (faults: readonly Fault[], changed: readonly string[]): readonly Fault[] => {
  const isNewlyOutdated = (fault: Fault) =>
    !fault.isOutdated && changed.some((one) => isConcerned(fault, one))
  return faults.some(isNewlyOutdated)
    ? faults.map((fault) => (isNewlyOutdated(fault) ? { ...fault, isOutdated: true } : fault))
    : faults
}

/**
 * Returns the faults that remain when an item of a list is removed: without the faults of the item, with the new pointers of the
 * items after it, and with the faults of the list and of items that repeat the item marked as outdated.
 * @param list JSON pointer of the list.
 * @param position index of the removed item.
 */
export const withoutItem = (faults: readonly Fault[], list: string, position: number): Fault[] =>
  withOutdated(faults, [list, `${list}/${position}`]).flatMap((fault) => {
    if (!fault.pointer?.startsWith(`${list}/`)) return [fault]
    const [item = '', ...rest] = fault.pointer.slice(list.length + 1).split('/')
    if (Number(item) === position) return []
    return Number(item) < position
      ? [fault]
      : [{ ...fault, pointer: [list, Number(item) - 1, ...rest].join('/') }]
  })

/** Returns the value at a pointer of a request body; undefined if there is none. */
function valueAt(body: unknown, pointer: string): unknown {
  let value = body
  for (const name of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([one]) => one === name)?.[1]
  }
  return value
}

/**
 * Replaces the faults of numbers that a form has sent as texts. A number with too many digits gets the fault with which the
 * service refuses such numbers, any other text a fault that says how to write a number.
 */
export const explainNumbers = (faults: readonly Fault[], body: unknown): Fault[] =>
  faults.map((fault) => {
    const value = valueAt(body, fault.pointer ?? '')
    // A form sends a text instead of another type only for a number.
    if (fault.code !== 'wrong_type' || typeof value !== 'string') return fault
    if (!isInexact(value))
      return { ...fault, message: 'must be a number in decimal digits, such as 200 or 12.5' }
    const message = `the number ${value} has more digits than can be stored; it would become ${Number(value)}`
    return { ...fault, code: 'too_precise', message }
  })

export const FaultsContext = createContext<Faults>(new Map())

type ChangeFaults = (change: (faults: readonly Fault[]) => readonly Fault[]) => void

export const ChangeFaultsContext = createContext<ChangeFaults>(() => {})

/** Returns a function to call when an item of a list is removed (`withoutItem`). */
export function useRemoveItemFaults(): (list: string, position: number) => void {
  const change = useContext(ChangeFaultsContext)
  return (list, position) => change((faults) => withoutItem(faults, list, position))
}

/** Returns a function to call when the user changes the values at the given pointers (`withOutdated`). */
export function useOutdateFaults(): (...pointers: string[]) => void {
  const change = useContext(ChangeFaultsContext)
  return (...pointers) => change((faults) => withOutdated(faults, pointers))
}

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
