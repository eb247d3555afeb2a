import { Link } from 'wouter-preact'
import { type ResourceDescription, recordPath } from '../api/resources.ts'
import type { Names, RecordDocument } from '../api/types.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { Value } from './value.tsx'

/** Records as rows, with their names as links. Headings of sortable columns sort. */
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
  const { tOr } = useLanguage()
  const kinds = new Map(resource.properties.map(({ name, kind }) => [name, kind]))
  return (
    <div class="widget-body">
      <table>
        <caption class="visually-hidden">{tOr(`resource.${resource.name}`, resource.name)}</caption>
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
                  <Link href={recordPath(resource.name, key)}>{String(record[resource.title] ?? key)}</Link>
                </th>
                {columns.map((name) => (
                  <td key={name}>
                    <Value value={record[name]} kind={kinds.get(name) ?? 'text'} names={names} />
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
  const isDescending = sort === `-${name}`
  const order = isAscending ? 'ascending' : isDescending ? 'descending' : 'none'
  const text = labels.property(name)
  if (!resource.sorts.includes(name)) return <th scope="col">{text}</th>
  return (
    <th scope="col" aria-sort={order}>
      <button type="button" class="sort" onClick={() => onSort(isAscending ? `-${name}` : name)}>
        {text} {isAscending ? '▲' : isDescending ? '▼' : ''}
      </button>
    </th>
  )
}
