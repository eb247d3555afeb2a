import { sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import { includedRecords } from './includes.ts'
import { type Include, type Resource, toSearchable } from './resource.ts'
import type { Collection } from './searchable.ts'

/** Citations speak of records of every other resource, by `citedRecord` and `citedResource`. */

const citationsOf = ({ name, registry }: Resource): Resource | undefined =>
  name === 'citations' ? undefined : registry.find('citations')

/** The citations that support a record, with all that citations can be searched by. */
export function citationCollection(resource: Resource): Record<string, Collection> {
  const citations = citationsOf(resource)
  if (!citations) return {}
  return {
    citations: {
      ...toSearchable(citations),
      description: 'The citations that support it.',
      table: citations.table,
      owner: [columnOf(citations.table, 'citedRecord')],
    },
  }
}

/** The citations that support a record as an include, each with its source. */
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
