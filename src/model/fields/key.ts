import { text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { matches, snakeCase } from '../../database/columns.ts'
import { defineField, ownColumn } from '../field.ts'

/**
 * A natural key: a code or slug that clients give a record and that never changes.
 * @param form the form of a key; its description and example belong to it.
 * @param pattern POSIX regular expression that the database holds it to.
 */
export const key = (form: z.ZodType<string>, pattern: string) =>
  defineField({
    schema: () => form,
    columns: (name) => ({ [name]: text(snakeCase(name)).notNull().unique() }),
    constraints: (place) => [
      matches(`${place.tableName}_${snakeCase(place.name)}_form`, ownColumn(place), pattern),
    ],
  })
