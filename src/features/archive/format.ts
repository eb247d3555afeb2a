import { z } from 'zod'

/**
 * The format of an archive, in lines of UTF-8: a header; for each table a line with its name and columns, its rows in the
 * text format of PostgreSQL's COPY, and a line with the end mark; and a footer with a checksum of all bytes before it.
 */

/** The first line. */
export const header = z.strictObject({
  format: z.literal('entente-archive'),
  version: z.literal(1),
  /** Name of the last migration of the registry that was archived. */
  migration: z.string(),
})

/** The line before the rows of a table. */
export const tableLine = z.strictObject({ table: z.string(), columns: z.array(z.string()) })

/** The last line: SHA-256 of the bytes before it, in hexadecimal. */
export const footer = z.strictObject({ sha256: z.string() })

/** The line after the rows of a table. No row is equal to it, since COPY doubles every backslash. */
export const endMark = '\\.'

/** Returns a value as a line. */
export const toLine = (value: unknown): string => `${JSON.stringify(value)}\n`
