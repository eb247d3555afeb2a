import type { Registry } from '../../model/registry.ts'
import { ownProperties } from '../../model/resource.ts'
import { Problem } from '../../problems/problem.ts'
import { type ApiFetch, fetchJson } from '../api-fetch.ts'
import { resourcesKnownByName } from '../names/index.ts'
import { hitLimits } from '../search/search.ts'
import { formatEntityId } from './ids.ts'
import { queryProperties, toType, unknownTypeDetail } from './manifest.ts'

/** Maximum number of suggestions in a response. */
const pageSize = 10

/** Maximum value of a cursor, which is an offset. The page after it ends with the last hit that a search can return. */
const maxCursor = hitLimits.maxSize - pageSize

/** The parameters of a suggest service. */
export interface SuggestQuery {
  /** The beginning of a record's name, or any part of the id of a property, or of the id or name of a type. */
  prefix: string
  /** Number of suggestions that were shown already. */
  cursor: number
}

/** Reads the parameters of a suggest service. @throws Problem `invalid-parameter` without a prefix or for an invalid cursor. */
export function parseSuggestQuery({ prefix, cursor }: Record<string, unknown>): SuggestQuery {
  if (typeof prefix !== 'string' || prefix.trim() === '')
    throw new Problem('invalid-parameter', 'The parameter prefix is required: the text to search for.')
  const isNumber = cursor === undefined || (typeof cursor === 'string' && /^\d+$/.test(cursor))
  const offset = Number(cursor ?? 0)
  if (!isNumber || offset > maxCursor)
    throw new Problem('invalid-parameter', `The cursor must be a whole number from 0 to ${maxCursor}.`)
  return { prefix: prefix.slice(0, 200), cursor: offset }
}

/** A hit of `GET /v1/search`. */
type Hit = Record<'resource' | 'key' | 'title', string> & { matched: string | null }

/** Checks the parameter `type`. @throws Problem `invalid-parameter` if it is not a resource. */
export function requireType(registry: Registry, type: string): void {
  if (!registry.find(type)) throw new Problem('invalid-parameter', unknownTypeDetail(registry, type))
}

/**
 * Suggests records for the beginning of a name: the first hits of a search (Reconciliation Service API 0.2, section 6).
 * @param type the resource of the records; all default types if it is empty.
 * @throws Problem `invalid-parameter` for an unknown type; ApiResponseError when the API refuses the search.
 */
export async function suggestEntities(
  api: ApiFetch,
  registry: Registry,
  { prefix, cursor }: SuggestQuery,
  type: string,
) {
  if (type !== '') requireType(registry, type)
  const types = type === '' ? resourcesKnownByName(registry) : [type]
  const search = new URLSearchParams({
    q: prefix,
    resource: types.join(),
    limit: String(cursor + pageSize),
  })
  const { data } = await fetchJson<{ data: Hit[] }>(api, `/v1/search?${search}`)
  const result = data.slice(cursor).map(({ resource, key, title, matched }) => ({
    id: formatEntityId({ resource, key }),
    name: title,
    ...(matched !== null && { description: matched }),
    notable: [toType(registry.get(resource))],
  }))
  return { result }
}

const contains = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())

/** Suggests resources as types. */
export const suggestTypes = (registry: Registry, { prefix, cursor }: SuggestQuery) => ({
  result: registry.resources
    .map(toType)
    .filter(({ id, name }) => contains(id, prefix) || contains(name, prefix))
    .slice(cursor, cursor + pageSize),
})

/**
 * Returns the properties of a resource in the form of the reconciliation service.
 * @throws Error for a type that is not a resource (`requireType`).
 */
export const listProperties = (registry: Registry, type: string) =>
  Object.entries(ownProperties(registry.get(type))).map(([id, schema]) => {
    // Zod's schemas have metadata, although the type of a shape does not say so.
    const description =
      'meta' in schema && typeof schema.meta === 'function' ? schema.meta()?.description : undefined
    return { id, name: id, ...(typeof description === 'string' && { description }) }
  })

/** Suggests properties that a query may have. `listProperties` returns the properties of records. */
export const suggestProperties = ({ prefix, cursor }: SuggestQuery) => ({
  result: Object.entries(queryProperties)
    .map(([id, description]) => ({ id, name: id, description }))
    .filter(({ id }) => contains(id, prefix))
    .slice(cursor, cursor + pageSize),
})
