import { Link } from 'wouter-preact'
import { pointedProperty } from '../api/pointers.ts'
import { recordDetailPath } from '../api/resources.ts'
import type { Citation } from '../api/types.ts'
import { formatEdtf } from '../dates/format-edtf.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRights } from '../session.ts'
import { useAsOf, useRecordPath } from './as-of-context.ts'
import { FoldedList } from './folded-list.tsx'
import { InternalTag } from './internal-tag.tsx'
import { referenceAnchor } from './reference-marks.tsx'
import { RowLocator } from './service-text.tsx'

/**
 * The numbered citations of a record, each with its source, locator and excerpt and, for editors, a link to the form that changes the
 * citation.
 */
export function CitationList({ citations }: { citations: readonly Citation[] }) {
  const language = useLanguage()
  const { t } = language
  const labels = useLabels()
  const asOf = useAsOf()
  const recordPath = useRecordPath()
  const { write } = useRights()
  const labelOf = (pointer: string | null) => {
    const name = pointedProperty(pointer)
    return name === undefined ? t('record.whole') : labels.property(name)
  }
  if (citations.length === 0) return <p class="empty">{t('record.sourcesNone')}</p>
  return (
    <FoldedList class="citations">
      {citations.map(
        ({ id, property, locator, excerpt, note, sourceDetails, source, rank, visibility }, index) => (
          <li key={id} id={referenceAnchor('citation', index + 1)}>
            <p>
              [{index + 1}] <Link href={recordPath('sources', source)}>{sourceDetails?.title ?? source}</Link>
              {[
                sourceDetails?.publisher,
                sourceDetails?.publishedOn && formatEdtf(sourceDetails.publishedOn, language),
                locator?.paragraph && t('record.paragraph', { paragraph: locator.paragraph }),
                locator?.page && t('record.page', { page: locator.page }),
              ].map((detail) => detail && t('list.detail') + detail)}
              {locator?.row && (
                <>
                  {t('list.detail')}
                  <RowLocator locator={locator.row} />
                </>
              )}
              {locator?.column && t('list.detail') + t('record.column', { column: locator.column })}
              {/* Only users with a role see a citation of an internal source, even if the citation is public. */}
              <InternalTag visibility={sourceDetails?.visibility === 'internal' ? 'internal' : visibility} />
            </p>
            {excerpt && <blockquote class="quotation text">“{excerpt}”</blockquote>}
            <p class="soft small">
              {t('record.supports', {
                property: labelOf(property),
              })}
              {rank !== 'normal' && ` · ${labels.word(rank)}`}
              {note && ` · ${note}`}
              {write && asOf === undefined && (
                <span class="no-print">
                  {' · '}
                  <Link href={`${recordDetailPath('citations', id)}/edit`}>{t('record.editCitation')}</Link>
                </span>
              )}
            </p>
          </li>
        ),
      )}
    </FoldedList>
  )
}
