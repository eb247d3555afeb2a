import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { withQuery } from '../../api/path.ts'
import type { Citation, Page } from '../../api/types.ts'
import { useApi } from '../../api/use-api.ts'
import { useLanguage } from '../../i18n/language.ts'

/** The numbers of sources in the page's list of sources, by the id of the source. */
export const SourceNumbers = createContext<ReadonlyMap<string, number>>(new Map())

/** Returns the HTML id of a source's entry in the list. The marks beside facts link to it. */
export const sourceAnchor = (number: number): string => `source-${number}`

/**
 * Returns a function that maps the key of a record to the sorted numbers of the sources that are cited for it. Only the
 * first 200 citations of all these records are read.
 * @param keys keys of records, at most 100.
 */
export function useCitedSources(
  keys: readonly string[],
  asOf: string | undefined,
): (key: string) => readonly number[] {
  const numbers = useContext(SourceNumbers)
  const path = withQuery('/v1/citations', { record: keys, fields: 'record,source', limit: 200, asOf })
  const { body } = useApi<Page<Pick<Citation, 'record' | 'source'>>>(keys.length > 0 ? path : null)
  return (key) => {
    const citations = body?.data.filter(({ record }) => record.id === key) ?? []
    const cited = citations.map(({ source }) => numbers.get(source)).filter((number) => number !== undefined)
    return [...new Set(cited)].sort((one, other) => one - other)
  }
}

/** The numbers of the sources of a fact. Each links to the entry of its source. */
export function SourceMarks({ numbers }: { numbers: readonly number[] }) {
  const { t } = useLanguage()
  return (
    <>
      {numbers.map((number) => (
        <a
          key={number}
          class="reference-marks"
          href={`#${sourceAnchor(number)}`}
          aria-label={t('country.source', { number })}
        >
          [{number}]
        </a>
      ))}
    </>
  )
}
