import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Filter } from './filters.ts'

/** What conditions can apply to: the records of a resource, or the elements of a list inside them. */
export interface Searchable {
  filters: Record<string, Filter>
  /** The lists inside each of them whose elements can be searched. A function, because resources refer to one another. */
  collections: () => Record<string, Collection>
  /** The columns that the elements of those lists refer to. */
  key: PgColumn[]
}

/** A list inside a record, stored as rows of a table. */
export interface Collection extends Searchable {
  description: string
  table: PgTable
  /** The columns that refer to the key of the owner of the list, in the same order. */
  owner: PgColumn[]
}
