import { Link } from 'wouter-preact'
import { pointedProperty } from '../api/pointers.ts'
import { findProperty, type ResourceDescription } from '../api/resources.ts'
import type { Citation, Names, RecordDocument } from '../api/types.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRecordPath } from './as-of-context.ts'
import { referenceAnchor } from './reference-marks.tsx'
import { Value } from './value.tsx'
import { Widget } from './widget.tsx'

/** A fact with its citations. Each citation has its number in the record's list of citations. */
interface Fact {
  /** Undefined for the whole record. */
  property: string | undefined
  citations: { citation: Citation; number: number }[]
}

/** Returns the facts for which more than one source is cited, or that have a deprecated citation. */
function disputableFacts(citations: readonly Citation[]): Fact[] {
  const facts = new Map<string, Fact>()
  for (const [index, citation] of citations.entries()) {
    const key = citation.property ?? ''
    const fact = facts.get(key) ?? { property: pointedProperty(citation.property), citations: [] }
    fact.citations.push({ citation, number: index + 1 })
    facts.set(key, fact)
  }
  return [...facts.values()].filter((fact) => {
    const sources = new Set(fact.citations.map(({ citation }) => citation.source))
    return sources.size > 1 || fact.citations.some(({ citation }) => citation.rank === 'deprecated')
  })
}

/** Facts on which sources may disagree: the recorded value, and the quotation and rank of each citation. */
export function SourcesSideBySide({
  resource,
  record,
  citations,
  names,
}: {
  resource: ResourceDescription
  record: RecordDocument
  citations: readonly Citation[]
  names: Names
}) {
  const { t } = useLanguage()
  const labels = useLabels()
  const facts = disputableFacts(citations)
  if (facts.length === 0) return null
  return (
    <Widget title={t('sources.compared')} caption={t('sources.comparedCaption')}>
      <div class="stack">
        {facts.map(({ property, citations: cited }) => (
          <section key={cited[0]?.number} class="difference">
            <h3>
              {property === undefined ? t('record.whole') : labels.property(property)}
              {property !== undefined && (
                <span class="recorded">
                  {t('sources.recorded')}{' '}
                  <Value
                    value={record[property]}
                    property={findProperty(resource.properties, property)}
                    names={names}
                  />
                </span>
              )}
            </h3>
            <div class="sides">
              {cited.map((one) => (
                <Side key={one.number} {...one} />
              ))}
            </div>
          </section>
        ))}
      </div>
    </Widget>
  )
}

function Side({ citation, number }: { citation: Citation; number: number }) {
  const language = useLanguage()
  const recordPath = useRecordPath()
  const labels = useLabels()
  const { source, sourceDetails, excerpt, note, rank } = citation
  return (
    <article class={rank === 'deprecated' ? 'side doubtful' : 'side'}>
      <p class="small">
        <a href={`#${referenceAnchor('citation', number)}`}>[{number}]</a>{' '}
        <Link href={recordPath('sources', source)}>{sourceDetails?.title ?? source}</Link>
        {sourceDetails?.publishedOn &&
          language.t('list.detail') + formatEdtf(sourceDetails.publishedOn, language)}
      </p>
      <p>
        <span class="tag">{labels.word(rank)}</span>
      </p>
      {excerpt && <blockquote class="quotation text">“{excerpt}”</blockquote>}
      {note && <p class="soft small">{note}</p>}
    </article>
  )
}
