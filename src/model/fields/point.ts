import { sql } from 'drizzle-orm'
import { check, doublePrecision } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, snakeCase } from '../../database/columns.ts'
import { defineField, type FieldContext, prefixedName } from '../field.ts'
import { jsonObject } from '../json.ts'
import { registerSchema } from '../schema-names.ts'
import { optional } from '../schemas.ts'

const degrees = (max: number) => z.number().min(-max).max(max).meta({ description: 'WGS 84 degrees.' })

/** Schema of a point. */
export const pointSchema = registerSchema(
  'Point',
  z
    .strictObject({ longitude: degrees(180), latitude: degrees(90) })
    .meta({ description: 'A point on a map.', examples: [{ longitude: 69.4, latitude: 29.9 }] }),
)

const pointColumns = ({ name, columns }: FieldContext) => ({
  longitude: columnIn(columns, `${name}Longitude`),
  latitude: columnIn(columns, `${name}Latitude`),
})

/** A point in WGS 84 degrees, in two columns. */
export const point = (description: string) =>
  defineField({
    schema: () => optional(pointSchema).meta({ description }),
    columns: (name) => ({
      [`${name}Longitude`]: doublePrecision(`${snakeCase(name)}_longitude`),
      [`${name}Latitude`]: doublePrecision(`${snakeCase(name)}_latitude`),
    }),
    constraints: (context) => {
      const { longitude, latitude } = pointColumns(context)
      return [
        check(
          `${prefixedName(context)}_valid`,
          sql`num_nulls(${longitude}, ${latitude}) <> 1 and ${longitude} between -180 and 180 and ${latitude} between -90 and 90`,
        ),
      ]
    },
    json: (context) => {
      const columns = pointColumns(context)
      return sql`case when ${columns.longitude} is not null then ${jsonObject(columns)} end`
    },
    toColumns: (value, { name }) => ({
      [`${name}Longitude`]: value?.longitude ?? null,
      [`${name}Latitude`]: value?.latitude ?? null,
    }),
  })
