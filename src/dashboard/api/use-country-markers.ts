import type { MapMarker } from '../charts/world-map.tsx'
import type { Country, Group } from './types.ts'
import { usePages } from './use-pages.ts'
import type { ApiState } from './use-read.ts'

/** Maximum number of pages of 200 countries: enough for all countries. */
export const maxCountryPages = 5

/**
 * Reads the coordinates of all countries, and returns a marker for each group of records of a country.
 * @param toPath returns the path that the marker of a group links to.
 */
export function useCountryMarkers(
  groups: readonly Group[],
  toPath: (group: Group) => string,
): ApiState<MapMarker[]> {
  const { body, ...state } = usePages<Pick<Country, 'code' | 'labelPoint'>>(
    '/v1/countries',
    { fields: 'code,labelPoint' },
    maxCountryPages,
  )
  if (!body) return state
  const points = new Map(body.data.map(({ code, labelPoint }) => [code, labelPoint]))
  const markers = groups.flatMap((group): MapMarker[] => {
    const code = group.key.country
    if (!code) return []
    return [
      {
        code,
        coordinates: points.get(code) ?? null,
        label: group.label.country ?? code,
        value: group.measures.count ?? 0,
        path: toPath(group),
      },
    ]
  })
  return { ...state, body: markers }
}
