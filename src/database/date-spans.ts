import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, type IndexBuilder, index } from 'drizzle-orm/pg-core'

/**
 * Returns SQL of the days that an EDTF date can mean, as a range. Filters and indexes share this expression, since PostgreSQL
 * uses an index only for an equal expression.
 */
export const dateSpan = (earliest: SQL | AnyPgColumn, latest: SQL | AnyPgColumn): SQL =>
  sql`edtf_span(${earliest}, ${latest})`

/** Returns the index for comparisons of a date. The index lacks the records without this date. */
export const spanIndex = (name: string, earliest: AnyPgColumn, latest: AnyPgColumn): IndexBuilder =>
  index(name)
    .using('gist', sql`(${dateSpan(earliest, latest)})`)
    .where(sql`${earliest} is not null`)
