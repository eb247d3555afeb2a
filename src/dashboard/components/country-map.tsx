import { Suspense } from 'preact/compat'
import { overviewGroups } from '../../view-data.ts'
import { withQuery } from '../api/path.ts'
import { recordPath } from '../api/resources.ts'
import type { Aggregate, Country, Group, Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useLanguage } from '../i18n/language.ts'
import { loadLazily } from './load-lazily.tsx'
import { Loaded } from './widget.tsx'

// Loaded lazily, since only maps need the map projection and the geometry.
const WorldMap = loadLazily(() => import('../charts/world-map.tsx'))

/** Maximum number of values of a filter, and of records on a page. */
const maxCountries = 200

const placeholder = <div class="placeholder loading" style={{ aspectRatio: '2' }} />

/** A map with the number of agreements of each country. */
export function CountryMap({ caption }: { caption: string }) {
  const { t } = useLanguage()
  const state = useApi<Aggregate>(overviewGroups.country)
  return (
    <Loaded state={state} height="30rem">
      {({ data }) =>
        data.length === 0 ? (
          <p class="empty">{t('list.none')}</p>
        ) : (
          <Markers groups={data} caption={caption} />
        )
      }
    </Loaded>
  )
}

function Markers({ groups, caption }: { groups: readonly Group[]; caption: string }) {
  const code = groups.flatMap(({ key }) => (key.country ? [key.country] : []))
  const state = useApi<Page<Country>>(
    withQuery('/v1/countries', { code, limit: maxCountries, fields: 'code,labelPoint' }),
  )
  return (
    <Loaded state={state} height="30rem">
      {({ data }) => {
        const points = new Map(data.map(({ code, labelPoint }) => [code, labelPoint]))
        const markers = groups.flatMap(({ key: { country }, label, measures: { count } }) =>
          country
            ? [
                {
                  code: country,
                  labelPoint: points.get(country) ?? null,
                  label: label.country ?? country,
                  value: count ?? 0,
                  path: recordPath('countries', country),
                },
              ]
            : [],
        )
        return (
          <Suspense fallback={placeholder}>
            <WorldMap caption={caption} markers={markers} />
          </Suspense>
        )
      }}
    </Loaded>
  )
}
