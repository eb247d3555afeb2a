import { Link } from 'wouter-preact'
import { explorePath } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { ClaimsTable } from '../claims-table.tsx'
import { ReferenceMarks } from '../reference-marks.tsx'
import { Widget } from '../widget.tsx'
import { useCitedSources } from './cited-sources.ts'

/** Figures that sources claim about the country, with the number of matching records. */
export function Figures({ briefing }: { briefing: CountryBriefing }) {
  const { t } = useLanguage()
  const citedSources = useCitedSources(briefing.figures.map(({ id }) => id))
  const title = t('country.figures', { name: briefing.country.name })
  if (briefing.figures.length === 0) return null
  return (
    <Widget title={title} caption={t('overview.claimsCaption')} wide>
      <ClaimsTable
        caption={title}
        claims={briefing.figures}
        marks={(id) => <ReferenceMarks kind="source" numbers={citedSources(id)} />}
      />
      <p class="small no-print">
        <Link href={explorePath(briefing.figuresList)}>{t('country.allFigures')}</Link>
      </p>
    </Widget>
  )
}
