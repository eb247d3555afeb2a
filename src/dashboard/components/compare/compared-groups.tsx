import { comparedGroupsPath, countsPartners } from '../../../view-data.ts'
import { yearOf } from '../../api/groups.ts'
import { explorePath, type ResourceDescription } from '../../api/resources.ts'
import type { Aggregate } from '../../api/types.ts'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Loaded, Widget } from '../widget.tsx'
import { type Column, useColumnData } from './columns.ts'
import { type ComparedRow, ComparisonTable } from './comparison-table.tsx'

/**
 * Returns a row for each group with records: years latest first, other groups by their largest number, the unknown value
 * last.
 */
function toRows(
  aggregates: readonly (Aggregate | null)[],
  dimension: string,
  { isYear, indexesWithoutCountry }: { isYear: boolean; indexesWithoutCountry: readonly number[] },
): ComparedRow[] {
  const labels = new Map(
    aggregates.flatMap((aggregate) =>
      (aggregate?.data ?? []).map(
        ({ key, label }) => [key[dimension] ?? null, label[dimension] ?? ''] as const,
      ),
    ),
  )
  const rows = [...labels].map(([value, label]) => ({
    value,
    label,
    cells: aggregates.map((aggregate, index) => {
      if (!aggregate || indexesWithoutCountry.includes(index)) return undefined
      const group = aggregate.data.find(({ key }) => (key[dimension] ?? null) === value)
      return group ? { count: group.measures.count ?? 0, path: explorePath(group.list) } : { count: 0 }
    }),
  }))
  const max = ({ cells }: ComparedRow) => Math.max(...cells.map((cell) => cell?.count ?? 0))
  const unknownRank = ({ value }: { value: string | null }) => (value === null ? 1 : 0)
  return rows
    .filter(({ cells }) => cells.some((cell) => (cell?.count ?? 0) > 0))
    .sort(
      (one, other) =>
        unknownRank(one) - unknownRank(other) ||
        (isYear ? yearOf(other.value) - yearOf(one.value) : max(other) - max(one)),
    )
}

/** The numbers of records of a resource by one dimension, side by side. */
export function ComparedGroups({
  resource,
  dimension,
  isYear,
  filters,
  columns,
  indexesWithoutCountry,
  showsDifference,
}: {
  resource: ResourceDescription
  dimension: string
  isYear: boolean
  filters: Readonly<Record<string, string>>
  columns: readonly Column[]
  /** Indexes of the columns whose country is not in the registry. They have no numbers. */
  indexesWithoutCountry: readonly number[]
  showsDifference: boolean
}) {
  const { t, tag, resourceLabel } = useLanguage()
  const labels = useLabels()
  const resourceName = resourceLabel(resource.name)
  const property = isYear
    ? t('compare.year')
    : columns.some((column) => countsPartners(resource, filters, column, dimension))
      ? t('compare.partner')
      : labels.property(dimension)
  const title = t('country.by', { resource: resourceName, property: property.toLocaleLowerCase(tag) })
  const state = useColumnData<Aggregate>(
    columns.map((column) => comparedGroupsPath(resource, filters, column, dimension)),
  )
  const caption = t('compare.caption', { resource: resourceName.toLocaleLowerCase(tag) })
  return (
    <Widget title={title} caption={caption}>
      <Loaded state={state} height="16rem">
        {(aggregates) => {
          const rows = toRows(aggregates, dimension, { isYear, indexesWithoutCountry })
          return rows.length === 0 ? (
            <p class="empty">{t('explore.none')}</p>
          ) : (
            <ComparisonTable
              caption={t('compare.titledCaption', { title, caption })}
              heading={property}
              columns={columns}
              rows={rows}
              showsDifference={showsDifference}
            />
          )
        }}
      </Loaded>
    </Widget>
  )
}
