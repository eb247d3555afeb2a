import type { Transaction } from '../database/database.ts'
import { parseListRequest } from '../model/list-request.ts'
import { listPath } from '../model/paths.ts'
import { checkQuery, parseQuery } from '../model/query-string.ts'
import type { Registry } from '../model/registry.ts'
import type { Resource } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { type ListPlan, listParameters, planList } from '../query/list.ts'
import { countStatement } from '../query/list-sql.ts'
import { asOfName } from '../query/past.ts'
import { listCountIncludes, type Representation } from '../query/representation.ts'

/** A number of records and the list request that returns them. */
export interface CountWithListPath {
  count: number
  /** Path of the list request. */
  list: string
}

/**
 * Adds the parameter for reads of the past (`asOfName`) to the query string of a list.
 * @param asOf the time; if it is undefined, the query string stays as it is.
 */
export function withAsOf(resource: Resource, query: string, asOf: string | undefined): string {
  const parts = query === '' ? [] : [query]
  if (asOf !== undefined) parts.push(`${asOfName(resource)}=${encodeURIComponent(asOf)}`)
  return parts.join('&')
}

/**
 * Returns the plan of a list from its query string.
 * @throws Problem `malformed-request` or `invalid-parameter` for a query that is not valid for a list.
 */
export const planListQuery = (resource: Resource, query: string): ListPlan =>
  planList(resource, checkQuery(listParameters(resource), parseQuery(query)))

/**
 * Counts the records of a query.
 * @param tx reads the registry as of `asOf`; the current registry if `asOf` is undefined.
 * @throws Problem `malformed-request` or `invalid-parameter` for a query that is not valid for a list.
 */
export async function countRecords(
  tx: Transaction,
  resource: Resource,
  query: string,
  asOf: string | undefined,
): Promise<CountWithListPath> {
  const fullQuery = withAsOf(resource, query, asOf)
  const [row] = await tx.query<{ total: number }>(countStatement(planListQuery(resource, fullQuery)))
  return { count: row?.total ?? 0, list: listPath(resource, fullQuery) }
}

/** Percent-encodes the characters that a URL cannot have (RFC 3986), except brackets, so that clients can request the path as it is. */
const encodeQuery = (query: string): string => query.replace(/[^!-~]|["<>\\^`{|}]/gu, encodeURIComponent)

/**
 * Counts the records of a stored list request.
 * @returns null if there is no request, or if it is no longer valid.
 */
async function countListRequest(
  tx: Transaction,
  registry: Registry,
  request: unknown,
  asOf: string | undefined,
): Promise<CountWithListPath | null> {
  if (typeof request !== 'string') return null
  const { resource, query } = parseListRequest(registry, request)
  if (!resource) return null
  try {
    return await countRecords(tx, resource, encodeQuery(query), asOf)
  } catch (error) {
    const isInvalid =
      error instanceof Problem && (error.type === 'invalid-parameter' || error.type === 'malformed-request')
    if (isInvalid) return null
    throw error
  }
}

/**
 * Replaces list requests in records by their counts and paths (`CountWithListPath`). Includes have added these requests to the
 * records.
 * @param text JSON texts of records, joined with commas.
 * @returns the JSON texts in the same form; `text` itself if there is nothing to replace.
 */
export async function replaceListRequestsWithCounts(
  tx: Transaction,
  resource: Resource,
  representation: Representation,
  text: string,
  asOf: string | undefined,
): Promise<string> {
  const names = listCountIncludes(resource, representation)
  if (names.length === 0 || text === '') return text
  const records: Record<string, unknown>[] = JSON.parse(`[${text}]`)
  const counts = new Map<unknown, CountWithListPath | null>()
  for (const record of records) {
    for (const name of names) {
      const request = record[name]
      const count = counts.has(request)
        ? (counts.get(request) ?? null)
        : await countListRequest(tx, resource.registry, request, asOf)
      counts.set(request, count)
      record[name] = count
    }
  }
  return records.map((record) => JSON.stringify(record)).join()
}
