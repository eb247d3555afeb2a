import { text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { matches, snakeCase } from '../../database/columns.ts'
import { collectionPaths } from '../collection-paths.ts'
import { defineField, ownColumn, prefixedName } from '../field.ts'

const isReserved = (text: string) => collectionPaths.some((path) => path === text)

/**
 * A natural key: a code or slug that the client chooses and that never changes.
 * @param valueSchema the schema of a key, with its description and example.
 * @param pattern POSIX regular expression of a check constraint.
 */
export const key = (valueSchema: z.ZodString, pattern: string) => {
  const error = `must not be ${collectionPaths.join(', ')}, which are paths`
  // `refine` returns a new schema, without the metadata.
  const schema = valueSchema.refine((text) => !isReserved(text), { error }).meta(valueSchema.meta() ?? {})
  return defineField({
    schema: () => schema,
    columns: (name) => ({ [name]: text(snakeCase(name)).notNull().unique() }),
    constraints: (context) => [matches(`${prefixedName(context)}_form`, ownColumn(context), pattern)],
  })
}
