import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, type IndexBuilder, index } from 'drizzle-orm/pg-core'

/**
 * The days that an EDTF date can mean, as a range: what filters compare and indexes serve. They take it from here,
 * since an index serves an expression only where the two are the same.
 */
export const spanOf = (earliest: SQL | AnyPgColumn, latest: SQL | AnyPgColumn): SQL =>
  sql`edtf_span(${earliest}, ${latest})`

/** The index for every comparison of a date. Records without one are not in it. */
export const spanIndex = (name: string, earliest: AnyPgColumn, latest: AnyPgColumn): IndexBuilder =>
  index(name)
    .using('gist', sql`(${spanOf(earliest, latest)})`)
    .where(sql`${earliest} is not null`)
