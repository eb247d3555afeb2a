import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { named } from '../components.ts'
import { line, reference } from '../values.ts'
import type { ColumnsPart } from './part.ts'

/** Where a thing is. */
export const location = named(
  'Location',
  z
    .strictObject({
      name: line(300).nullable().default(null).meta({ description: 'Name of the place.' }),
      country: reference.country().nullable().default(null),
      latitude: z.number().min(-90).max(90).nullable().default(null).meta({ description: 'WGS 84 degrees.' }),
      longitude: z
        .number()
        .min(-180)
        .max(180)
        .nullable()
        .default(null)
        .meta({ description: 'WGS 84 degrees.' }),
      elevationMetres: z
        .number()
        .min(-12_000)
        .max(9_000)
        .nullable()
        .default(null)
        .meta({ description: 'Metres above sea level.' }),
    })
    .superRefine((place, context) => {
      if ((place.latitude === null) !== (place.longitude === null)) {
        context.addIssue({
          code: 'custom',
          message: 'latitude and longitude belong together: give both or neither',
        })
      }
      if (Object.values(place).every((value) => value === null)) {
        context.addIssue({ code: 'custom', message: 'says nothing: give null where the place is unknown' })
      }
    })
    .meta({
      description: 'Where a thing is: at least one property is filled.',
      examples: [
        { name: 'Yangbajing', country: 'CHN', latitude: null, longitude: null, elevationMetres: 4300 },
      ],
    }),
)

type Location = z.output<typeof location>

/** SQL of the compact JSON object of columns, in their order. */
const jsonObject = (columns: Record<string, AnyPgColumn>): SQL =>
  sql`(select row_to_json(part) from (select ${sql.join(
    Object.entries(columns).map(([key, column]) => sql`${column} as ${sql.identifier(key)}`),
    sql`, `,
  )}) part)`

/** The location of a record, kept in its own row. */
export function locationPart(
  table: Record<
    'locationName' | 'locationCountry' | 'latitude' | 'longitude' | 'elevationMetres',
    AnyPgColumn
  >,
): ColumnsPart<Location | null> {
  const columns = {
    name: table.locationName,
    country: table.locationCountry,
    latitude: table.latitude,
    longitude: table.longitude,
    elevationMetres: table.elevationMetres,
  }
  const list = sql.join(Object.values(columns), sql`, `)
  return {
    kind: 'columns',
    json: sql`case when num_nonnulls(${list}) > 0 then ${jsonObject(columns)} end`,
    columns: (place) => ({
      locationName: place?.name ?? null,
      locationCountry: place?.country ?? null,
      latitude: place?.latitude ?? null,
      longitude: place?.longitude ?? null,
      elevationMetres: place?.elevationMetres ?? null,
    }),
  }
}

type Money = { amount: number; currency: string }

/**
 * An amount of money of a record, kept in its own row.
 * @param prefix of the two properties of the table, such as `budget` for `budgetAmount` and `budgetCurrency`.
 */
export function moneyPart<Prefix extends string>(
  table: Record<`${Prefix}Amount` | `${Prefix}Currency`, AnyPgColumn>,
  prefix: Prefix,
): ColumnsPart<Money | null> {
  const amount = table[`${prefix}Amount`]
  const money = sql`(select row_to_json(part) from (select trim_scale(${amount}) as amount, ${table[`${prefix}Currency`]} as currency) part)`
  return {
    kind: 'columns',
    json: sql`case when ${amount} is not null then ${money} end`,
    columns: (value) => ({
      [`${prefix}Amount`]: value?.amount ?? null,
      [`${prefix}Currency`]: value?.currency ?? null,
    }),
  }
}

/** A number kept as numeric, shown without trailing zeros. */
export const numberPart = (column: AnyPgColumn, property: string): ColumnsPart<number> => ({
  kind: 'columns',
  json: sql`trim_scale(${column})`,
  columns: (value) => ({ [property]: value }),
})
