import type { ImportJob } from '../api/types.ts'
import { KeyFigure } from '../components/key-figure.tsx'
import { useLanguage } from '../i18n/language.ts'

const outcomes = ['created', 'changed', 'unchanged', 'kept', 'refused', 'skipped', 'dropped'] as const

/** The number of rows of an import, and its counts of rows, records, properties and values by outcome. */
export function Counts({ job: { rows, counts } }: { job: ImportJob }) {
  const { t, number } = useLanguage()
  return (
    <dl class="key-figures import-counts">
      <KeyFigure label={t('imports.count.rows')}>{rows === null ? '–' : number(rows)}</KeyFigure>
      {outcomes.map((name) => (
        <KeyFigure
          key={name}
          label={t(`imports.count.${name}`)}
          isWarning={name === 'refused' && counts.refused > 0}
        >
          {number(counts[name])}
        </KeyFigure>
      ))}
    </dl>
  )
}
