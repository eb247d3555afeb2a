import { explorePath, resourcesWithParticipants } from '../../api/resources.ts'
import type { CountryBriefing } from '../../api/types.ts'
import type { ApiState } from '../../api/use-read.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Loaded, Widget } from '../widget.tsx'
import type { Column } from './columns.ts'
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
  state,
  showsDifference,
}: {
  columns: readonly Column[]
  /** The briefing of each column's country; null for a country that is not in the registry. */
  state: ApiState<(CountryBriefing | null)[]>
  showsDifference: boolean
}) {
  const { t, resourceLabel } = useLanguage()
  return (
    <Widget title={t('compare.figures')} caption={t('compare.figuresCaption')} wide>
      <Loaded state={state} height={comparisonHeight(resourcesWithParticipants.length + 2)}>
        {(briefings) => (
          <ComparisonTable
            caption={t('compare.figuresCaption')}
            heading={t('chart.resource')}
            columns={columns}
            showsDifference={showsDifference}
            rows={[
              ...resourcesWithParticipants.map(({ name: resource }) => ({
                label: resourceLabel(resource),
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
