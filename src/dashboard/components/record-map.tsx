import { Suspense } from 'preact/compat'
import type { Country, Names, RecordDocument } from '../api/types.ts'
import { maxCountryPages } from '../api/use-country-markers.ts'
import { usePages } from '../api/use-pages.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useRecordPath } from './as-of-context.ts'
import { loadLazily } from './load-lazily.tsx'
import { isParticipant } from './participants.tsx'
import { Loaded, Widget } from './widget.tsx'

// Loaded lazily, since only maps need the map projection and the geometry.
const WorldMap = loadLazily(() => import('../charts/world-map.tsx'))

/** Maximum number of codes in a request. If a record has more countries, the list of countries is read without a filter. */
const maxCodes = 200

/** A location of a record with coordinates. */
interface GeoLocation {
  name: string | null
  longitude: number
  latitude: number
}

const isLocation = (value: unknown): value is GeoLocation =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'latitude' in value &&
  typeof value.latitude === 'number' &&
  'longitude' in value &&
  typeof value.longitude === 'number'

/** Returns the values of a record's properties, with lists flattened. */
const valuesOf = (record: RecordDocument): unknown[] => Object.values(record).flat()

/** Returns the codes of the countries that are participants of a record themselves, not through an organization. */
const countriesOf = (record: RecordDocument): string[] => [
  ...new Set(
    valuesOf(record).flatMap((value) => (isParticipant(value) && value.country ? [value.country] : [])),
  ),
]

/** A map of a record's places, and of the countries that are its participants. Renders nothing if the record has neither. */
export function RecordMap({ record, names }: { record: RecordDocument; names: Names }) {
  const { t } = useLanguage()
  const locations = valuesOf(record).filter(isLocation)
  const countries = countriesOf(record)
  if (locations.length + countries.length === 0) return null
  return (
    <Widget title={t('nav.map')} caption={t('record.mapCaption')}>
      <div class="record-map">
        <Markers locations={locations} countries={countries} names={names} />
      </div>
    </Widget>
  )
}

function Markers({
  locations,
  countries,
  names,
}: {
  locations: readonly GeoLocation[]
  countries: readonly string[]
  names: Names
}) {
  const { t } = useLanguage()
  const labels = useLabels()
  const recordPath = useRecordPath()
  const state = usePages<Pick<Country, 'code' | 'labelPoint'>>(
    countries.length === 0 ? null : '/v1/countries',
    { code: countries.length > maxCodes ? undefined : countries, fields: 'code,labelPoint' },
    maxCountryPages,
  )
  const points = new Map(state.body?.data.map(({ code, labelPoint }) => [code, labelPoint]))
  const markers = [
    ...countries.map((code) => ({
      code,
      coordinates: points.get(code) ?? null,
      label: names.countries?.[code] ?? code,
      value: null,
      path: recordPath('countries', code),
    })),
    ...locations.map(({ name, longitude, latitude }) => ({
      code: '',
      coordinates: { longitude, latitude },
      label: name ?? labels.property('location'),
      value: null,
    })),
  ]
  const map = (
    <Suspense fallback={null}>
      <WorldMap caption={t('record.mapCaption')} markers={markers} />
    </Suspense>
  )
  return countries.length === 0 ? map : <Loaded state={state}>{() => map}</Loaded>
}
