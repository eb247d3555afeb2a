import { expect } from 'vitest'
import { parseQuery, type RawValue } from '../../src/model/query-string.ts'
import type { Resource } from '../../src/model/resource.ts'
import { urlFilters } from '../../src/model/url-filters.ts'
import type { Api } from './api.ts'
import { type Document, listAll, listPath, type Page } from './documents.ts'

/** Converts a filter of a query string to the equivalent condition of a search. */
function toSearchCondition(
  { filters }: Resource,
  name: string,
  operator: string,
  values: readonly RawValue[],
): Document {
  const filter = filters[name]
  if (filter?.comparisons.eq?.takes === 'many' && operator === 'eq')
    // A percent-encoded comma separates values, as in a list request if the values cannot contain commas.
    return { [name]: { in: values.flat().flatMap((part) => part.split(',')) } }
  // A comma in a single value belongs to the value. `parseQuery` has split the value there.
  const text = values[0]?.join(',')
  return { [name]: { [operator]: operator === 'isNull' ? text === 'true' : text } }
}

/**
 * Returns all records that match the filters of a query string. Sends a list request, or a search if the query has operators
 * that lists do not accept.
 */
export async function findRecords(api: Api, resource: Resource, query: string): Promise<Document[]> {
  const listFilters = urlFilters(resource)
  // `name[]=a` means the same as `name=a`.
  const given = [...parseQuery(query)].flatMap(([name, operators]) =>
    [...operators].map(([operator, values]) => ({ name, operator: operator.replace('[]', ''), values })),
  )
  const isAcceptedByLists = ({ name, operator }: { name: string; operator: string }) =>
    !Object.hasOwn(resource.filters, name) || operator in (listFilters[name]?.comparisons ?? {})
  if (given.every(isAcceptedByLists)) return listAll(api, resource, query)
  const and = given
    .filter(({ name }) => Object.hasOwn(resource.filters, name))
    .map(({ name, operator, values }) => toSearchCondition(resource, name, operator, values))
  const found: Document[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const response = await api.post(`${listPath(resource)}/search`, { where: { and }, limit: 200, cursor })
    expect(response.status, response.text).toBe(200)
    const { data, page } = response.json<Page>()
    found.push(...data)
    cursor = page.next
  }
  return found
}

/**
 * Returns the record with an external id: its scheme and id, with a colon between them. @param more further parameters.
 * @throws if the list does not have exactly one such record.
 */
export async function findByExternalId<Found = Document>(
  api: Api,
  resource: string,
  externalId: string,
  more = '',
): Promise<Found> {
  const response = await api.get(`/v1/${resource}?externalId=${externalId}${more}`)
  expect(response.status, response.text).toBe(200)
  const { data } = response.json<Page<Found>>()
  const [found] = data
  if (!found || data.length > 1)
    throw new Error(`expected one record with the external id ${externalId}, found ${data.length}`)
  return found
}
