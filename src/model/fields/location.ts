import { sql } from 'drizzle-orm'
import { check, doublePrecision, index, type PgColumn, text } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, snakeCase } from '../../database/columns.ts'
import { capitalize } from '../../wording.ts'
import { byValue } from '../dimensions.ts'
import { defineField, type FieldContext, prefixedName } from '../field.ts'
import { filterByCode } from '../filters.ts'
import { jsonObjectOrNull } from '../json.ts'
import { keys } from '../keys.ts'
import { lazyFor } from '../lazy.ts'
import type { Registry } from '../registry.ts'
import { registerSchema } from '../schema-names.ts'
import { line, optional } from '../schemas.ts'

/** Returns the schema of a location: one per registry, since a component of the OpenAPI document can have only one schema. */
export const locationSchema = lazyFor((registry: Registry) =>
  registerSchema(
    'Location',
    z
      .strictObject({
        name: optional(line(300)).meta({ description: 'Name of the place.' }),
        country: optional(registry.referenceSchema('countries')),
        latitude: optional(z.number().min(-90).max(90)).meta({ description: 'WGS 84 degrees.' }),
        longitude: optional(z.number().min(-180).max(180)).meta({ description: 'WGS 84 degrees.' }),
        elevationMetres: optional(z.number().min(-12_000).max(9_000)).meta({
          description: 'Metres above sea level.',
        }),
      })
      .superRefine((location, context) => {
        if ((location.latitude === null) !== (location.longitude === null)) {
          context.addIssue({
            code: 'custom',
            params: { code: 'needs_other' },
            message: 'latitude and longitude belong together: give both or neither',
          })
        }
        if (Object.values(location).every((value) => value === null)) {
          context.addIssue({
            code: 'custom',
            message:
              'must have at least one property that is not null; send null instead of the object if the location is unknown',
          })
        }
      })
      .meta({
        description: 'A location. At least one property is not null.',
        examples: [
          { name: 'Yangbajing', country: 'CHN', latitude: null, longitude: null, elevationMetres: 4300 },
        ],
      }),
  ),
)

const locationProperties = ['name', 'country', 'latitude', 'longitude', 'elevationMetres'] as const

type LocationProperty = (typeof locationProperties)[number]

const locationColumn = ({ name, columns }: FieldContext, property: LocationProperty): PgColumn =>
  columnIn(columns, `${name}${capitalize(property)}`)

/**
 * A location: a name, a country, WGS 84 degrees, metres above sea level. Filters and dimensions by `country` treat its
 * country like the country of a participant without a role.
 */
export const location = (description: string) =>
  defineField({
    capability: { kind: 'location' },
    hostCountries: (context) => [{ record: context.recordId, country: locationColumn(context, 'country') }],
    schema: (registry) => optional(locationSchema(registry)).meta({ description }),
    columns: (name, registry) => {
      const column = snakeCase(name)
      return {
        [`${name}Name`]: text(`${column}_name`),
        [`${name}Country`]: text(`${column}_country`).references(() => registry.keyColumn('countries')),
        [`${name}Latitude`]: doublePrecision(`${column}_latitude`),
        [`${name}Longitude`]: doublePrecision(`${column}_longitude`),
        [`${name}ElevationMetres`]: doublePrecision(`${column}_elevation_metres`),
      }
    },
    constraints: (context) => {
      const base = prefixedName(context)
      const latitude = locationColumn(context, 'latitude')
      const longitude = locationColumn(context, 'longitude')
      const elevation = locationColumn(context, 'elevationMetres')
      return [
        check(
          `${base}_coordinates_range`,
          sql`${latitude} between -90 and 90 and ${longitude} between -180 and 180`,
        ),
        check(`${base}_coordinates_pair`, sql`num_nulls(${latitude}, ${longitude}) <> 1`),
        check(`${base}_elevation_range`, sql`${elevation} between -12000 and 9000`),
        index(`${base}_country`).on(locationColumn(context, 'country')),
      ]
    },
    json: (context) =>
      jsonObjectOrNull(
        Object.fromEntries(
          locationProperties.map((property) => [property, locationColumn(context, property)]),
        ),
      ),
    toColumns: (value, { name }) =>
      Object.fromEntries(
        locationProperties.map((property) => [`${name}${capitalize(property)}`, value?.[property] ?? null]),
      ),
    query: (context) => {
      const name = `${context.name}Country`
      const country = locationColumn(context, 'country')
      return {
        filters: { [name]: filterByCode(country, keys.country(), 'Country of the location.') },
        dimensions: {
          [name]: byValue(country, name, 'Country of the location.', context.registry.nameOf('countries')),
        },
      }
    },
    searchText: (column) => ({ B: `${column}_name` }),
  })
