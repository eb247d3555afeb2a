import { Link } from 'wouter-preact'
import { findProperty, type ResourceDescription } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { Names, RecordDocument } from '../api/types.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRecordPath } from './as-of-context.ts'
import { InternalTag } from './internal-tag.tsx'
import { Value } from './value.tsx'

/**
 * A table of records, with their titles as links. The heading of a sortable column is a button that sorts. The cells of a column
 * that was just added have an ellipsis until its values are loaded.
 */
export function RecordTable({
  resource,
  records,
  names,
  columns,
  sort,
  onSort,
}: {
  resource: ResourceDescription
  records: readonly RecordDocument[]
  names: Names
  columns: readonly string[]
  sort: string | null
  onSort: (sort: string) => void
}) {
  const { tag, resourceLabel } = useLanguage()
  const recordPath = useRecordPath()
  const shown = columns.map((name) => findProperty(resource.properties, name))
  return (
    <div class="widget-body">
      <table>
        <caption class="visually-hidden">{resourceLabel(resource.name)}</caption>
        <thead>
          <tr>
            {[resource.title, ...columns].map((name) => (
              <Heading key={name} name={name} resource={resource} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {records.map((record) => {
            const key = String(record[resource.key])
            return (
              <tr key={key}>
                <th scope="row">
                  <Link href={recordPath(resource.name, key)}>{titleOf(resource, record, tag)}</Link>
                  <InternalTag visibility={record.visibility} />
                </th>
                {shown.map((property) => (
                  <td key={property.name} class={property.kind === 'number' ? 'number' : undefined}>
                    {property.name in record ? (
                      <Value value={record[property.name]} property={property} names={names} />
                    ) : (
                      '…'
                    )}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** The arrows that show the order, which screen readers read from `aria-sort`. That of `none` shows that a click sorts. */
const sortArrows = { ascending: '▲', descending: '▼', none: '⇅' } as const

function Heading({
  name,
  resource,
  sort,
  onSort,
}: {
  name: string
  resource: ResourceDescription
  sort: string | null
  onSort: (sort: string) => void
}) {
  const labels = useLabels()
  const isAscending = sort === name
  const order = isAscending ? 'ascending' : sort === `-${name}` ? 'descending' : 'none'
  const isSortable = resource.sorts.includes(name)
  const text = labels.property(name)
  return (
    <th
      scope="col"
      class={findProperty(resource.properties, name).kind === 'number' ? 'number' : undefined}
      aria-sort={isSortable ? order : undefined}
    >
      {isSortable ? (
        <button type="button" class="sort" onClick={() => onSort(isAscending ? `-${name}` : name)}>
          {text}{' '}
          <span class="sort-arrow" aria-hidden="true">
            {sortArrows[order]}
          </span>
        </button>
      ) : (
        text
      )}
    </th>
  )
}
