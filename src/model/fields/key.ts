import { text } from 'drizzle-orm/pg-core'
import type { z } from 'zod'
import { matches, snakeCase } from '../../database/columns.ts'
import { collectionPaths } from '../collection-paths.ts'
import { defineField, ownColumn, prefixedName } from '../field.ts'

const isReserved = (text: string) => collectionPaths.some((path) => path === text)

/** Returns a schema that also refuses the words of paths. */
function refuseReserved(valueSchema: z.ZodString): z.ZodString {
  const error = `must not be ${collectionPaths.join(', ')}, which are paths`
  // `refine` returns a new schema, without the metadata.
  return valueSchema.refine((text) => !isReserved(text), { error }).meta(valueSchema.meta() ?? {})
}

/**
 * A natural key: a code or slug that the client chooses and that never changes.
 * @param makeSchema returns the schema of a key, with its description and example. `isNew`: whether it is the key of a record to
 *   create; its errors then suggest no search for an existing record.
 * @param pattern POSIX regular expression of a check constraint.
 */
export const key = (makeSchema: (options: { isNew: boolean }) => z.ZodString, pattern: string) => {
  const schema = refuseReserved(makeSchema({ isNew: true }))
  return defineField({
    schema: () => schema,
    storedKey: refuseReserved(makeSchema({ isNew: false })),
    columns: (name) => ({ [name]: text(snakeCase(name)).notNull().unique() }),
    constraints: (context) => [matches(`${prefixedName(context)}_form`, ownColumn(context), pattern)],
  })
}
