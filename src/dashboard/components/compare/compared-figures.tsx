import { withQuery } from '../../api/path.ts'
import { explorePath, resourcesWithParticipants } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Loaded, Widget } from '../widget.tsx'
import { type Column, useColumns } from './columns.ts'
import { ComparisonTable, comparisonHeight } from './comparison-table.tsx'

/** The number of records of a list, and the path of the list in the API. */
interface RecordCount {
  count: number
  list: string
}

const toCell = (records: RecordCount | undefined) =>
  records && { count: records.count, path: explorePath(records.list) }

/** The key figures of countries side by side, from their briefings. */
export function ComparedFigures({
  columns,
  showsDifference,
}: {
  columns: readonly (Column & { country: string })[]
  showsDifference: boolean
}) {
  const { t, tOr } = useLanguage()
  const state = useColumns<CountryBriefing>(
    columns.map(({ country, asOf }) =>
      withQuery(`/v1/countries/${encodeURIComponent(country)}/briefing`, { asOf }),
    ),
  )
  return (
    <Widget title={t('compare.figures')} caption={t('compare.figuresCaption')} wide>
      <Loaded state={state} height={comparisonHeight(resourcesWithParticipants.length + 2)}>
        {(briefings) => (
          <ComparisonTable
            caption={t('compare.figuresCaption')}
            heading={t('chart.resource')}
            columns={columns.map(({ label }) => label)}
            showsDifference={showsDifference}
            rows={[
              ...resourcesWithParticipants.map(({ name: resource }) => ({
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
