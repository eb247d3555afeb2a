import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Names } from '../api/types.ts'
import type { Hit } from '../components/combobox.tsx'

/** The names of the records that a form refers to: the names that were read with its record, and the names of picked records. */
export interface FormNames {
  names: Names
  /** Adds the name of a picked record. */
  add(hit: Hit): void
}

export const NamesContext = createContext<FormNames>({ names: {}, add: () => {} })

export const useNames = (): FormNames => useContext(NamesContext)
