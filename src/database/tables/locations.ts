import { sql } from 'drizzle-orm'
import { type AnyPgColumn, doublePrecision, text } from 'drizzle-orm/pg-core'
import { holds } from './columns.ts'
import { countries } from './countries.ts'

/** Where a thing is: a name, a country, WGS 84 degrees, metres above sea level. */
export const locationColumns = () => ({
  locationName: text('location_name'),
  locationCountry: text('location_country').references(() => countries.code),
  latitude: doublePrecision('latitude'),
  longitude: doublePrecision('longitude'),
  elevationMetres: doublePrecision('elevation_metres'),
})

/** Degrees within the globe and given in pairs; elevations between the deepest trench and the highest peak. */
export const locationChecks = (
  name: string,
  table: Record<'latitude' | 'longitude' | 'elevationMetres', AnyPgColumn>,
) => [
  holds(
    `${name}_coordinates_range`,
    sql`${table.latitude} between -90 and 90 and ${table.longitude} between -180 and 180`,
  ),
  holds(`${name}_coordinates_pair`, sql`num_nulls(${table.latitude}, ${table.longitude}) <> 1`),
  holds(`${name}_elevation_range`, sql`${table.elevationMetres} between -12000 and 9000`),
]
