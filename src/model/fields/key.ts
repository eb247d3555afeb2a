import { text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { matches, snakeCase } from '../../database/columns.ts'
import { defineField, ownColumn } from '../field.ts'

/**
 * A natural key: a code or slug that the client chooses and that never changes.
 * @param form the schema of a key, with its description and example.
 * @param pattern POSIX regular expression of a check constraint.
 */
export const key = (form: z.ZodType<string>, pattern: string) =>
  defineField({
    schema: () => form,
    columns: (name) => ({ [name]: text(snakeCase(name)).notNull().unique() }),
    constraints: (place) => [
      matches(`${place.tableName}_${snakeCase(place.name)}_form`, ownColumn(place), pattern),
    ],
  })
