import { Link } from 'wouter-preact'
import { withQuery } from '../../api/path.ts'
import { explorePath, findResource } from '../../api/resources.ts'
import { useLanguage } from '../../i18n/language.ts'
import { PageHead } from '../page-head.tsx'
import { PrintedAsOf } from '../printed-as-of.tsx'
import { ChartLinks } from './chart-links.tsx'

/** The heading of a chart, with the number of the records that its filters select. The number is a link to their list. */
export function ChartHead({
  title,
  resource,
  filters,
  total,
  hasFailed,
}: {
  title: string
  /** Name of the resource. */
  resource: string
  /** Filters of the API with which the chart selects records. */
  filters: Readonly<Record<string, string>>
  /** Number of the records that the filters select; undefined until they are counted. */
  total: number | undefined
  /** Whether the records could not be counted. The view shows the error. */
  hasFailed: boolean
}) {
  const { t, number, resourceLabel } = useLanguage()
  const asOfName = findResource(resource)?.asOfName ?? 'asOf'
  return (
    <PageHead title={title} actions={<ChartLinks hasComparison />}>
      <p aria-live="polite">
        {!hasFailed && (
          <Link href={explorePath(withQuery(`/v1/${resource}`, filters))}>
            {total === undefined
              ? '…'
              : t('chart.total', { count: number(total), resource: resourceLabel(resource) })}
          </Link>
        )}
      </p>
      <PrintedAsOf asOf={filters[asOfName]} />
    </PageHead>
  )
}
