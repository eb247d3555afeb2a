import { Link } from 'wouter-preact'
import { managedProperties } from '../api/forms.ts'
import { findProperty, type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { Names, RecordDocument } from '../api/types.ts'
import { diffProperties } from '../components/history/diff.ts'
import { Value } from '../components/value.tsx'
import { Widget } from '../components/widget.tsx'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'

/** The two records of a merge, and the names of the records to which they refer. */
export interface MergePair {
  /** The record that is merged into the other one. */
  merged: RecordDocument
  remaining: RecordDocument
  names: Names
}

/** The records of a merge side by side: which of them stays, and the properties that differ. */
export function PairComparison({ resource, pair }: { resource: ResourceDescription; pair: MergePair }) {
  const { t } = useLanguage()
  const labels = useLabels()
  const { merged, remaining, names } = pair
  const diffs = diffProperties(merged, remaining).filter(
    ({ name }) => name !== resource.key && !managedProperties.includes(name),
  )
  const side = (role: string, name: string, value: unknown) => (
    <div class="side">
      <span>{role}</span>
      <div>
        <Value value={value} property={findProperty(resource.properties, name)} names={names} showsAll />
      </div>
    </div>
  )
  return (
    <Widget title={t('merge.compared')}>
      <div class="stack">
        <div class="sides">
          <RecordSide resource={resource} record={merged} role={t('merge.merged')} />
          <RecordSide resource={resource} record={remaining} role={t('merge.remains')} />
        </div>
        {diffs.length === 0 && <p class="soft">{t('diff.none')}</p>}
        {diffs.map(({ name, before, after }) => (
          <section key={name} class="difference">
            <h3>{labels.property(name)}</h3>
            <div class="sides">
              {side(t('merge.merged'), name, before)}
              {side(t('merge.remains'), name, after)}
            </div>
          </section>
        ))}
      </div>
    </Widget>
  )
}

/** The title of a record, its version, and when it was created. Records to merge often have equal titles. */
function RecordSide({
  resource,
  record,
  role,
}: {
  resource: ResourceDescription
  record: RecordDocument
  role: string
}) {
  const { t, tag, dateTime } = useLanguage()
  const labels = useLabels()
  return (
    <div class="side">
      <span>{role}</span>
      <Link href={recordDetailPath(resource.name, String(record[resource.key]))}>
        {titleOf(resource, record, tag)}
      </Link>
      <span class="soft small">
        {t('record.version', { version: String(record.version) })} ·{' '}
        {t('value.named', {
          name: labels.property('createdAt'),
          value: dateTime(String(record.createdAt)),
        })}
      </span>
    </div>
  )
}
