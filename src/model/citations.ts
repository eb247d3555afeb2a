import { sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import { includedRecords } from './includes.ts'
import { type Include, type Resource, toSearchable } from './resource.ts'
import type { Collection } from './searchable.ts'

/** Citations refer to records of every other resource, by the columns `citedRecord` and `citedResource`. */

const citationsOf = ({ name, registry }: Resource): Resource | undefined =>
  name === 'citations' ? undefined : registry.find('citations')

/** The collection `citations` of a record: its citations, with the filters and collections of that resource. */
export function citationCollection(resource: Resource): Record<string, Collection> {
  const citations = citationsOf(resource)
  if (!citations) return {}
  return {
    citations: {
      ...toSearchable(citations),
      singular: citations.singular,
      description: 'The citations that support it.',
      table: citations.table,
      owner: [columnOf(citations.table, 'citedRecord')],
    },
  }
}

/** The include `citations` of a record: its citations, each with its source. */
export function citationInclude(resource: Resource): Record<string, Include> {
  const citations = citationsOf(resource)
  if (!citations) return {}
  return {
    citations: includedRecords(
      citations,
      'the citations that support the record, each with its source in `sourceDetails`.',
      sql`${columnOf(citations.table, 'citedRecord')} = ${resource.id}`,
      ['sourceDetails'],
    ),
  }
}
