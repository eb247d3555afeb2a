import { Suspense } from 'preact/compat'
import { overviewGroups } from '../../view-data.ts'
import { countryPath } from '../api/groups.ts'
import type { Aggregate, Group } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useCountryMarkers } from '../api/use-country-markers.ts'
import { useLanguage } from '../i18n/language.ts'
import { loadLazily } from './load-lazily.tsx'
import { Loaded } from './widget.tsx'

// Loaded lazily, since only maps need the map projection and the geometry.
const WorldMap = loadLazily(() => import('../charts/world-map.tsx'))

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
          <MapOfGroups groups={data} caption={caption} />
        )
      }
    </Loaded>
  )
}

function MapOfGroups({ groups, caption }: { groups: readonly Group[]; caption: string }) {
  const state = useCountryMarkers(groups, countryPath)
  return (
    <Loaded state={state} height="30rem">
      {(markers) => (
        <Suspense fallback={placeholder}>
          <WorldMap caption={caption} markers={markers} />
        </Suspense>
      )}
    </Loaded>
  )
}
