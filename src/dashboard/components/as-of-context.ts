import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { withQuery } from '../api/path.ts'
import { recordPath } from '../api/resources.ts'

/** The time as of which a view shows records; undefined for now. */
export const AsOfContext = createContext<string | undefined>(undefined)

/** Returns the time as of which the view shows records; undefined for now. */
export const useAsOf = (): string | undefined => useContext(AsOfContext)

/** Returns a function that returns the path of a record's view. The path keeps the time as of which the current view shows records. */
export function useRecordPath(): typeof recordPath {
  const asOf = useAsOf()
  return (resource, key) => withQuery(recordPath(resource, key), { asOf })
}
