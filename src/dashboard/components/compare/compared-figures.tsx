import { apiPath } from '../../api/path.ts'
import { activities, explorePath } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Loaded, Widget } from '../widget.tsx'
import { type Column, useColumns } from './columns.ts'
import { ComparisonTable, comparisonHeight } from './comparison-table.tsx'

interface Counted {
  count: number
  list: string
}

const toCell = (counted: Counted | undefined) =>
  counted && { count: counted.count, path: explorePath(counted.list) }

/** The key figures of countries side by side, from their briefings. */
export function ComparedFigures({
  columns,
  difference,
}: {
  columns: readonly (Column & { country: string })[]
  difference: boolean
}) {
  const { t, tOr } = useLanguage()
  const state = useColumns<CountryBriefing>(
    columns.map(({ country, asOf }) =>
      apiPath(`/v1/countries/${encodeURIComponent(country)}/briefing`, { asOf }),
    ),
  )
  return (
    <Widget title={t('compare.figures')} caption={t('compare.figuresCaption')} wide>
      <Loaded state={state} height={comparisonHeight(activities.length + 2)}>
        {(briefings) => (
          <ComparisonTable
            caption={t('compare.figuresCaption')}
            heading={t('chart.resource')}
            columns={columns.map(({ label }) => label)}
            difference={difference}
            rows={[
              ...activities.map(({ name: resource }) => ({
                label: tOr(`resource.${resource}`, resource),
                cells: briefings.map((briefing) =>
                  toCell(Object.entries(briefing?.records ?? {}).find(([name]) => name === resource)?.[1]),
                ),
              })),
              {
                label: t('country.inForce'),
                cells: briefings.map((briefing) => toCell(briefing?.inForce)),
              },
              {
                label: t('overview.expiring'),
                cells: briefings.map((briefing) => toCell(briefing?.expiring)),
              },
            ]}
          />
        )}
      </Loaded>
    </Widget>
  )
}
