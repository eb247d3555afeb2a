import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Names } from '../api/types.ts'
import type { Hit } from '../components/combobox.tsx'

/** The names of what a form refers to: those of the record, and of what was picked since. */
export interface FormNames {
  names: Names
  /** Keeps the name of a record that was picked. */
  add(hit: Hit): void
}

export const NamesContext = createContext<FormNames>({ names: {}, add: () => {} })

export const useNames = (): FormNames => useContext(NamesContext)

/** Names with that of a picked record. */
export const withHit = (names: Names, { resource, key, title }: Hit): Names => ({
  ...names,
  [resource]: { ...names[resource], [key]: title },
})
