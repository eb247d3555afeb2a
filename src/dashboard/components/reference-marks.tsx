import { useLanguage } from '../i18n/language.ts'

/** An entry of the numbered list at the end of a page: a source of a briefing, or a citation of a record. */
type ReferenceKind = 'source' | 'citation'

/** Returns the HTML id of an entry in the page's list of sources or citations. The marks beside facts link to this id. */
export const referenceAnchor = (kind: ReferenceKind, number: number): string => `${kind}-${number}`

const labels = { source: 'country.source', citation: 'record.citation' } as const

/** The numbers of the sources or citations of a fact. Each links to its entry in the page's list. */
export function ReferenceMarks({ kind, numbers }: { kind: ReferenceKind; numbers: readonly number[] }) {
  const { t } = useLanguage()
  return (
    <>
      {numbers.map((number) => (
        <a
          key={number}
          class="reference-marks"
          href={`#${referenceAnchor(kind, number)}`}
          aria-label={t(labels[kind], { number })}
        >
          [{number}]
        </a>
      ))}
    </>
  )
}
