import { expect } from 'vitest'
import { readQuery } from '../../src/model/parameters.ts'
import type { Resource } from '../../src/model/resource.ts'
import { urlFilters } from '../../src/model/url-filters.ts'
import type { Api } from './api.ts'
import { all, type Document, listPath, type Page } from './documents.ts'

/** A filter of a query, as a search takes it. */
function condition({ filters }: Resource, name: string, operator: string, texts: string[]): Document {
  const filter = filters[name]
  if (filter?.comparisons.eq?.takes === 'many' && operator === 'eq')
    return { [name]: { in: texts.flatMap((text) => text.split(',')) } }
  return { [name]: { [operator]: operator === 'isNull' ? texts[0] === 'true' : texts[0] } }
}

/**
 * Returns all records that the filters of a query find: by a list, or by a search if the query has operators that no URL
 * takes.
 */
export async function findRecords(api: Api, resource: Resource, query: string): Promise<Document[]> {
  const inUrl = urlFilters(resource)
  const given = [...readQuery(query)].flatMap(([name, operators]) =>
    [...operators].map(([operator, texts]) => ({ name, operator: operator.replace('[]', ''), texts })),
  )
  const isInUrl = ({ name, operator }: { name: string; operator: string }) =>
    !Object.hasOwn(resource.filters, name) || operator in (inUrl[name]?.comparisons ?? {})
  if (given.every(isInUrl)) return all(api, resource, query)
  const and = given
    .filter(({ name }) => Object.hasOwn(resource.filters, name))
    .map(({ name, operator, texts }) => condition(resource, name, operator, texts))
  const found: Document[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const answer = await api.post(`${listPath(resource)}/search`, { where: { and }, limit: 200, cursor })
    expect(answer.status, answer.text).toBe(200)
    const { data, page } = answer.json<Page>()
    found.push(...data)
    cursor = page.next
  }
  return found
}
