import type { ImportJob } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'

const outcomes = ['created', 'changed', 'unchanged', 'kept', 'refused', 'skipped', 'dropped'] as const

/** The number of rows of an import, and its counts of rows, records, properties and values by outcome. */
export function Counts({ job: { rows, counts } }: { job: ImportJob }) {
  const { t, number } = useLanguage()
  return (
    <dl class="key-figures import-counts">
      <div class="key-figure">
        <dt>{t('imports.count.rows')}</dt>
        <dd>{rows === null ? '–' : number(rows)}</dd>
      </div>
      {outcomes.map((name) => (
        <div key={name} class={name === 'refused' && counts.refused > 0 ? 'key-figure warned' : 'key-figure'}>
          <dt>{t(`imports.count.${name}`)}</dt>
          <dd>{number(counts[name])}</dd>
        </div>
      ))}
    </dl>
  )
}
