import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Names } from '../api/types.ts'
import type { Hit } from '../components/hit-details.tsx'

/** The names of the records that a form refers to: the names that were read with its record, and the names of picked records. */
export interface FormNames {
  names: Names
  /** Adds the name of a picked record. */
  add(hit: Hit): void
}

/** The context in which the fields of a form find and add names. */
export const NamesContext = createContext<FormNames>({ names: {}, add: () => {} })

/** Returns the names of the form around a component. */
export const useNames = (): FormNames => useContext(NamesContext)
