import { z } from 'zod'
import { addTo } from '../../group-by.ts'
import { findEdtfFault } from '../../model/edtf.ts'
import type { Registry } from '../../model/registry.ts'
import { faultCountText } from '../../operations/writing/validation.ts'
import { checkValue } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import { type ApiFetch, fetchJson } from '../api-fetch.ts'
import { maxCandidates, maxQueries } from '../names/endpoint.ts'
import { type NameMatch, type NameQuery, type Resolution, resourcesKnownByName } from '../names/index.ts'
import { maxNameLength } from '../names/types.ts'
import { formatEntityId, parseEntityId } from './ids.ts'
import { maxBatch, queryProperties, toType, unknownTypeDetail } from './manifest.ts'

/** Number of candidates of a query without `limit`. */
const defaultLimit = 5

/** Maximum number of values of properties in a batch, since each may be a name or code to resolve. */
const maxPropertyValues = 20 * maxBatch

const entity = z.looseObject({ id: z.string(), name: z.string().optional() })
const error = 'must be a text, a number, a boolean, null, an entity with its id, or a list of these'
const propertyValue = z.union([z.string(), z.number(), z.boolean(), z.null(), entity], { error })
const propertyValues = z.union([...propertyValue.options, z.array(propertyValue).max(100)], { error })

const querySchema = z.strictObject({
  query: z.string().max(maxNameLength).optional(),
  type: z
    .union([z.string(), z.array(z.string()).max(20)], { error: 'must be a type or an array of types' })
    .optional(),
  limit: z.int().min(1).optional(),
  type_strict: z.enum(['any', 'should', 'all']).optional(),
  properties: z
    .array(z.looseObject({ pid: z.enum(Object.keys(queryProperties)), v: propertyValues }))
    .max(20)
    .optional(),
})

const batchSchema = z.map(z.string().max(100), querySchema)

type Query = z.output<typeof querySchema>

/** Checks the value of a form field. @throws Problem `invalid-body` with every fault. */
export function checkField<Schema extends z.ZodType>(
  schema: Schema,
  name: string,
  value: unknown,
): z.output<Schema> {
  const { data, faults } = checkValue(schema, value)
  if (faults)
    throw new Problem('invalid-body', `The field ${name} has ${faultCountText(faults.count)}.`, {
      errors: faults,
    })
  return data
}

/**
 * Returns the queries of a batch by their ids. Their number is checked first, since thousands could have thousands of faults.
 * @throws Problem `invalid-body` for a batch that is not valid or too large.
 */
function queriesIn(value: unknown): Map<string, Query> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem('invalid-body', 'The field queries must be a JSON object with queries by their ids.')
  // A zod record would drop a query with the id __proto__ without an error.
  const queries = new Map<string, unknown>(Object.entries(value))
  if (queries.size > maxBatch)
    throw new Problem('invalid-body', `The batch has ${queries.size} queries; the limit is ${maxBatch}.`)
  const checked = checkField(batchSchema, 'queries', queries)
  const valueCount = [...checked.values()]
    .flatMap(({ properties = [] }) => properties)
    .flatMap(({ v }) => v)
    .filter((value) => toText(value) !== '').length
  if (valueCount > maxPropertyValues)
    throw new Problem(
      'invalid-body',
      `The batch has ${valueCount} values of properties; the limit is ${maxPropertyValues}: send fewer queries.`,
    )
  return checked
}

/**
 * Returns a value of a property as text: for an entity, its key or, if its id is not `resource:key`, its name or id; '' for
 * null; any other value itself.
 */
function toText(value: z.output<typeof propertyValue>): string {
  const isEntity = typeof value === 'object' && value !== null
  return String(isEntity ? (parseEntityId(value.id)?.key ?? value.name ?? value.id) : (value ?? '')).trim()
}

/**
 * Returns the values of a property that are not blank, as texts, each once. Cells of a column may be empty, and a record of several
 * rows has several cells.
 */
function propertyTexts({ properties = [] }: Query, pid: string): string[] {
  const texts = properties
    .filter((property) => property.pid === pid)
    .flatMap(({ v }) => v)
    .map(toText)
  return [...new Set(texts.filter((text) => text !== ''))]
}

/** Properties that are codes by which the records of a resource are found, as schemes of `POST /v1/resolve`. */
const codeProperties = new Map([
  ['countries', ['alpha2', 'alpha3', 'numeric']],
  ['organizations', ['ror']],
])

/**
 * Returns the types of a query, each once; the default types if the query has none.
 * @throws Problem `invalid-body` for an unknown type.
 */
function readTypes({ type }: Query, registry: Registry): string[] {
  const given = [...new Set([type ?? []].flat())]
  const unknown = given.find((name) => !registry.find(name))
  if (unknown !== undefined) throw new Problem('invalid-body', unknownTypeDetail(registry, unknown))
  return given.length > 0 ? given : resourcesKnownByName(registry)
}

/** Resolves name queries, up to `maxQueries` in a request. @throws ApiResponseError when the API refuses a request. */
async function resolveAll(api: ApiFetch, queries: readonly NameQuery[]): Promise<Resolution[]> {
  const resolutions: Resolution[] = []
  for (let at = 0; at < queries.length; at += maxQueries) {
    const body = { queries: queries.slice(at, at + maxQueries) }
    const { data } = await fetchJson<{ data: Resolution[] }>(api, '/v1/resolve', body)
    resolutions.push(...data)
  }
  return resolutions
}

/** Returns the date of a query in EDTF; undefined if it has no date; null if it has several, or one that is not in EDTF. */
function readDate(query: Query): string | null | undefined {
  const [on, ...others] = propertyTexts(query, 'on')
  if (on === undefined) return undefined
  return others.length > 0 || findEdtfFault(on) !== undefined ? null : on
}

/** Identifies the name of a country on a date: names and codes have had different meanings. */
const countryIdentity = (name: string, on: string | null | undefined) => JSON.stringify([name, on ?? null])

/**
 * Resolves the names of countries in the properties of queries, each on the date of its query.
 * @returns the codes of the resolved names, by `countryIdentity`.
 */
async function resolveCountries(api: ApiFetch, queries: readonly Query[]): Promise<Map<string, string>> {
  const named = new Map(
    queries.flatMap((query) => {
      const on = readDate(query)
      return propertyTexts(query, 'country').map((name) => [countryIdentity(name, on), { name, on }] as const)
    }),
  )
  const found = await resolveAll(
    api,
    [...named.values()].map(({ name, on }) => ({
      resource: 'countries',
      name: name.slice(0, maxNameLength).toWellFormed(),
      on: on ?? undefined,
    })),
  )
  return new Map(
    [...named.keys()].flatMap((identity, index) => {
      const match = found[index]?.match
      return match ? [[identity, match.key]] : []
    }),
  )
}

/** What a query says about its records, other than names and codes. */
interface Restrictions {
  country: string | undefined
  on: string | undefined
  /** Whether the query has at most one country, which is known, and at most one date, which is in EDTF. */
  areUnderstood: boolean
}

/** Returns the restrictions of a query. @param countries the codes of the countries in the batch (`resolveCountries`). */
function readRestrictions(query: Query, countries: ReadonlyMap<string, string>): Restrictions {
  const on = readDate(query)
  const [country, ...otherCountries] = new Set(
    propertyTexts(query, 'country').map((name) => countries.get(countryIdentity(name, on)) ?? null),
  )
  const isOneCountry = country !== null && otherCountries.length === 0
  return {
    country: isOneCountry ? country : undefined,
    on: on ?? undefined,
    areUnderstood: isOneCountry && on !== null,
  }
}

/**
 * Converts a query for one type to queries of the name resolver: one for each code of this type or, if it has none, one for its
 * text. Returns none if it has no text either.
 */
function toNameQueries(query: Query, resource: string, { country, on }: Restrictions): NameQuery[] {
  const codes = (codeProperties.get(resource) ?? []).flatMap((scheme) =>
    propertyTexts(query, scheme).map((name) => ({ name, scheme })),
  )
  const names = codes.length > 0 ? codes : [{ name: query.query ?? '' }]
  return names
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, ...more }) => ({
      resource,
      name: name.slice(0, maxNameLength).toWellFormed(),
      limit: Math.min(maxCandidates, query.limit ?? defaultLimit),
      ...more,
      on,
      country,
    }))
}

/** Combines the resolutions of the codes of a query: the result is `ambiguous` if they do not all mean the same record. */
function combineResolutions(first: Resolution, others: readonly Resolution[]): Resolution {
  if (others.every(({ match }) => match !== undefined && match.key === first.match?.key)) return first
  const all = [first, ...others].flatMap(({ candidates }) => candidates)
  const candidates = [...new Map(all.map((candidate) => [candidate.key, candidate])).values()]
  return { status: 'ambiguous', candidates }
}

const toCandidate = (registry: Registry, resource: string, match: NameMatch, isMatch: boolean) => ({
  id: formatEntityId({ resource, key: match.key }),
  name: match.name,
  ...(match.note !== undefined && { description: match.note }),
  score: Math.round(match.score * 1000) / 10,
  features: [{ id: match.reason, value: match.score }],
  match: isMatch,
  type: [toType(registry.get(resource))],
})

/** A query of a batch. */
interface BatchEntry {
  id: string
  query: Query
  restrictions: Restrictions
}

/** The resolution of a query as the name of a record of one type. */
interface TypeResolution {
  resource: string
  resolution: Resolution
}

/**
 * Returns the candidates of a query, best first. A candidate is a match if exactly one type resolves the query, to this record, if the
 * query is ambiguous in no other type, and if its restrictions are understood.
 */
function listCandidates(
  registry: Registry,
  { query, restrictions }: BatchEntry,
  resolutions: readonly TypeResolution[],
) {
  const possible = resolutions.filter(
    ({ resolution: { status, candidates } }) =>
      status === 'resolved' || (status === 'ambiguous' && candidates.length > 0),
  )
  const isCertain = possible.length === 1 && restrictions.areUnderstood
  return resolutions
    .flatMap(({ resource, resolution }) =>
      resolution.candidates.map((match) =>
        toCandidate(registry, resource, match, isCertain && resolution.status === 'resolved'),
      ),
    )
    .sort((first, second) => second.score - first.score)
    .slice(0, query.limit ?? defaultLimit)
}

/**
 * Answers a batch of queries (Reconciliation Service API 0.2, section 4).
 * @returns the candidates of each query (`listCandidates`), by the id of the query.
 * @throws Problem `invalid-body` for a batch that is not valid or too large; ApiResponseError when the API refuses a request.
 */
export async function reconcileQueries(
  api: ApiFetch,
  registry: Registry,
  value: unknown,
): Promise<Record<string, unknown>> {
  const queries = queriesIn(value)
  const countries = await resolveCountries(api, [...queries.values()])
  const entries = [...queries].map(
    ([id, query]): BatchEntry => ({ id, query, restrictions: readRestrictions(query, countries) }),
  )
  const typeQueries = entries.flatMap(({ id, query, restrictions }) =>
    readTypes(query, registry).flatMap((resource) => {
      const nameQueries = toNameQueries(query, resource, restrictions)
      return nameQueries.length === 0 ? [] : [{ id, resource, nameQueries }]
    }),
  )
  if (typeQueries.length > maxQueries)
    throw new Problem(
      'invalid-body',
      `The queries have ${typeQueries.length} types in total; the limit is ${maxQueries}: send fewer queries.`,
    )
  const found = await resolveAll(
    api,
    typeQueries.flatMap(({ nameQueries }) => nameQueries),
  )
  const resolutions = new Map<string, TypeResolution[]>()
  let at = 0
  for (const { id, resource, nameQueries } of typeQueries) {
    const [first, ...others] = found.slice(at, at + nameQueries.length)
    at += nameQueries.length
    if (first) addTo(resolutions, id, { resource, resolution: combineResolutions(first, others) })
  }
  return Object.fromEntries(
    entries.map((entry) => [
      entry.id,
      { result: listCandidates(registry, entry, resolutions.get(entry.id) ?? []) },
    ]),
  )
}
