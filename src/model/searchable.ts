import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Filter } from './filters.ts'

/** What conditions can be put on: a resource's records, or the elements of a list inside them. */
export interface Searchable {
  filters: Record<string, Filter>
  /** Lists inside each of them, whose elements can be asked for. A function, since resources search one another. */
  collections: () => Record<string, Collection>
  /** The columns that elements of those lists refer to. */
  key: PgColumn[]
}

/** A list inside a record, kept as rows of a table. */
export interface Collection extends Searchable {
  description: string
  table: PgTable
  /** The columns that refer to the key of what the list belongs to, in the same order. */
  owner: PgColumn[]
}
