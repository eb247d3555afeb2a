import { type SQL, sql } from 'drizzle-orm'
import { check, doublePrecision } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnOf, literal, snakeCase } from '../../database/columns.ts'
import { byMultiValue } from '../dimensions.ts'
import { type DocumentOf, defineField, type FieldContext, ownColumn, prefixedName } from '../field.ts'
import { filterByAny, isInAny, withMultiValue } from '../filters.ts'
import { includedRecords } from '../includes.ts'
import { keys } from '../keys.ts'
import { listTable } from '../list-rows.ts'
import type { MultiValue } from '../multi-values.ts'
import { optional } from '../schemas.ts'
import { list } from './list.ts'
import { locationSchema } from './location.ts'
import { reference } from './reference.ts'
import { line } from './text.ts'

/** A coordinate or the elevation of a location. @param checks further check constraints, by the suffixes of their names. */
const coordinate = (minimum: number, maximum: number, checks: Record<string, SQL> = {}) =>
  defineField({
    schema: () => optional(z.number().min(minimum).max(maximum)),
    columns: (name) => ({ [name]: doublePrecision(snakeCase(name)) }),
    constraints: (context) => [
      check(
        `${prefixedName(context)}_range`,
        sql`${ownColumn(context)} between ${literal(minimum)} and ${literal(maximum)}`,
      ),
      ...Object.entries(checks).map(([name, condition]) => check(`${context.tableName}_${name}`, condition)),
    ],
  })

const items = {
  name: line('Name of the place.', { max: 300 }),
  country: reference('countries', 'Country of the place.'),
  latitude: coordinate(-90, 90, { coordinates_pair: sql.raw('num_nulls(latitude, longitude) <> 1') }),
  longitude: coordinate(-180, 180),
  elevationMetres: coordinate(-12_000, 9_000),
}

/** The countries of the locations of a record. */
function countryValues(context: FieldContext): MultiValue {
  const table = listTable(context)
  const [record, country] = [columnOf(table, 'record'), columnOf(table, 'country')]
  return {
    recordId: context.recordId,
    type: 'text',
    queries: () => [
      sql`select ${record} as record, ${country} as value from ${table} where ${country} is not null`,
    ],
  }
}

function countryQuery(context: FieldContext) {
  const table = listTable(context)
  const multiValue = countryValues(context)
  const [record, country] = [columnOf(table, 'record'), columnOf(table, 'country')]
  const filter = filterByAny(keys.country(), 'Country of a location.', (values) =>
    isInAny(context.recordId, [
      sql`select ${record} from ${table} where ${country} = any(${values}::text[])`,
    ]),
  )
  return {
    filters: { locationCountry: withMultiValue(filter, multiValue) },
    dimensions: {
      locationCountry: byMultiValue(
        multiValue,
        'locationCountry',
        'Country of a location.',
        context.registry.nameOf('countries'),
      ),
    },
    includes: () => {
      const countries = context.registry.get('countries')
      const chosen = sql`${countries.key.column} in (select ${country} from ${table} where ${record} = ${context.recordId})`
      return {
        locationCountries: includedRecords(countries, 'the countries of its locations, as records.', chosen),
      }
    },
  }
}

/**
 * The locations of a record, each with a name, a country, WGS 84 degrees and metres above sea level. Filters and dimensions
 * by `country` treat the countries of locations like those of participants without a role.
 */
export const locations = (description: string) =>
  defineField({
    ...list('Location', items, {
      max: 500,
      description,
      example: { name: 'Yangbajing', country: 'CHN', latitude: null, longitude: null, elevationMetres: 4300 },
      // The schema has the properties of the items.
      item: (registry) => locationSchema(registry) as z.ZodType<DocumentOf<typeof items>>,
      query: countryQuery,
    }),
    capability: { kind: 'locations' },
    hostCountries: (context) => {
      const table = listTable(context)
      return [{ record: columnOf(table, 'record'), country: columnOf(table, 'country') }]
    },
  })
