import { joinRepeated, presentationParameters } from '../view-data.ts'
import { managedProperties } from './api/forms.ts'
import { withQuery } from './api/path.ts'
import type { ResourceDescription } from './api/resources.ts'

/** The state of the explorer, which is the query string of its URL. */
export interface ExploreState {
  /** Filters of the API by parameter, such as `signedOn[gte]`. */
  filters: Readonly<Record<string, string>>
  /** A sort of the API, such as `-signedOn`. */
  sort: string | null
  cursor: string | null
  /** The properties that are shown after the title of the record. */
  columns: readonly string[]
}

/** Parameters of the URL that are not filters. `lang` is the language of the dashboard. */
const nonFilterParameters = [...presentationParameters, 'sort', 'lang']

const maxDefaultColumns = 4

/** Returns the columns that are shown by default: preferably participants, kind, status and date. */
export function defaultColumns({ properties, title }: ResourceDescription): string[] {
  const names = properties.map(({ name }) => name)
  const preferred = [
    'parties',
    'participants',
    'kind',
    'modality',
    'status',
    'signedOn',
    'startsOn',
    'designatedOn',
  ]
  const chosen = preferred.filter((name) => names.includes(name))
  const rest = names.filter((name) => ![...chosen, ...managedProperties, title, 'visibility'].includes(name))
  return [...chosen, ...rest].slice(0, maxDefaultColumns)
}

/**
 * Reads the state from the query string. Unknown parameters count as filters, so that the service reports them.
 */
export function exploreState(resource: ResourceDescription, search: string): ExploreState {
  const parameters = joinRepeated(search, [resource])
  const filters = [...parameters].filter(([name]) => !nonFilterParameters.includes(name))
  return {
    filters: Object.fromEntries(filters),
    sort: parameters.get('sort'),
    cursor: parameters.get('cursor'),
    columns: parameters.get('columns')?.split(',') ?? defaultColumns(resource),
  }
}

/** Returns the URL of a state. Columns are included only if they differ from the default. */
export function exploreUrl(
  resource: ResourceDescription,
  { filters, sort, cursor, columns }: ExploreState,
): string {
  const isDefault = columns.join() === defaultColumns(resource).join()
  return withQuery(`/explore/${resource.name}`, {
    ...filters,
    sort: sort ?? undefined,
    cursor: cursor ?? undefined,
    columns: isDefault ? undefined : columns,
  })
}
