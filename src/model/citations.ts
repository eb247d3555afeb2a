import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { columnOf } from '../database/columns.ts'
import { type Filter, filterByAny, isInAny } from './filters.ts'
import { includedRecords } from './includes.ts'
import type { Registry } from './registry.ts'
import { type Include, type Resource, toSearchable } from './resource.ts'
import type { Collection } from './searchable.ts'

/**
 * The filter, the collection and the include that the resource `citations` adds to every other resource. The column `citedRecord`
 * of a citation has the id of the record that its source supports.
 */

const findCitations = ({ name, registry }: Resource): Resource | undefined =>
  name === 'citations' ? undefined : registry.find('citations')

/** The filter `source` of a resource: records with a citation of any of the given sources. */
export function citationFilters(registry: Registry, name: string, id: PgColumn): Record<string, Filter> {
  if (name === 'citations' || !registry.declarations.some((declaration) => declaration.name === 'citations'))
    return {}
  const citations = registry.table('citations')
  return {
    source: filterByAny(registry.keySpec('sources').schema, 'Source of a citation of the record.', (values) =>
      isInAny(id, [
        sql`select ${columnOf(citations, 'citedRecord')} from ${citations} where ${columnOf(citations, 'source')} = any(${values}::uuid[])`,
      ]),
    ),
  }
}

/** The collection `citations` of a record: its citations, with the filters and collections of the resource `citations`. */
export function citationCollection(resource: Resource): Record<string, Collection> {
  const citations = findCitations(resource)
  if (!citations) return {}
  return {
    citations: {
      ...toSearchable(citations),
      singular: citations.singular,
      description: 'The citations of the record.',
      table: citations.table,
      parentKey: [columnOf(citations.table, 'citedRecord')],
    },
  }
}

/** The include `citations` of a record: its citations, each with its source. */
export function citationInclude(resource: Resource): Record<string, Include> {
  const citations = findCitations(resource)
  if (!citations) return {}
  return {
    citations: includedRecords(
      citations,
      'the citations of the record, each with its source in `sourceDetails`.',
      sql`${columnOf(citations.table, 'citedRecord')} = ${resource.id}`,
      ['sourceDetails'],
    ),
  }
}
