import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Filter } from './filters.ts'

/** The words that combine conditions. They are properties of the same objects as filters and collections. */
export const combiningWords = ['and', 'or', 'not'] as const

/** The target of search conditions: the records of a resource, or the elements of a list of a record. */
export interface Searchable {
  filters: Record<string, Filter>
  /** The searchable lists of each record or element. A function, because resources refer to each other. */
  collections: () => Record<string, Collection>
  /** The columns to which `parentKey` of the collections refers. Required if there are collections. */
  keyForCollections?: PgColumn[]
}

/** A list of a record or of a list's element, stored as rows of a table: a list in the document, or the record's citations. */
export interface Collection extends Searchable {
  description: string
  /**
   * Name of one element, such as `TopicLink`, if the lists of several resources have the same conditions. The names of these
   * conditions in the OpenAPI document begin with it (`TopicLinkWhere`).
   */
  singular?: string
  table: PgTable
  /** The columns that refer to `keyForCollections` of the record or element that has the list, in the same order. */
  parentKey: PgColumn[]
}
