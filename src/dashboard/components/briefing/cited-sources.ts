import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Citation } from '../../api/types.ts'
import { usePages } from '../../api/use-pages.ts'
import { useAsOf } from '../as-of-context.ts'

/** The numbers of sources in the page's list of sources, by the id of the source. */
export const SourceNumbers = createContext<ReadonlyMap<string, number>>(new Map())

/**
 * Returns a function that maps the key of a record to the sorted numbers of the sources that are cited for it.
 * @param keys keys of records, at most 200: the filter `record` takes no more.
 */
export function useCitedSources(keys: readonly string[]): (key: string) => readonly number[] {
  const asOf = useAsOf()
  const numbers = useContext(SourceNumbers)
  const { body } = usePages<Pick<Citation, 'record' | 'source'>>(
    keys.length > 0 ? '/v1/citations' : null,
    { record: keys, fields: 'record,source', asOf },
    Number.POSITIVE_INFINITY,
  )
  return (key) => {
    const citations = body?.data.filter(({ record }) => record.id === key) ?? []
    const cited = citations.map(({ source }) => numbers.get(source)).filter((number) => number !== undefined)
    return [...new Set(cited)].sort((one, other) => one - other)
  }
}
