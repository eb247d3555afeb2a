import { z } from 'zod'
import { findEdtfFault } from '../../model/edtf.ts'
import type { Registry } from '../../model/registry.ts'
import type { ApiFetch } from '../../operations/api-fetch.ts'
import { checkValue } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import { didYouMeanSentence } from '../../problems/suggest.ts'
import type { NameMatch, NameQuery, Resolution } from '../names/index.ts'
import { fetchJson } from './fetch-json.ts'
import { formatEntityId, parseEntityId } from './ids.ts'
import { defaultTypesOf, maxBatch, toType } from './manifest.ts'

const propertyValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.looseObject({ id: z.string(), name: z.string().optional() }),
])

const querySchema = z.strictObject({
  query: z.string().max(500).optional(),
  type: z.union([z.string(), z.array(z.string()).max(20)]).optional(),
  limit: z.int().min(1).optional(),
  type_strict: z.enum(['any', 'should', 'all']).optional(),
  properties: z
    .array(z.looseObject({ pid: z.string(), v: z.union([propertyValue, z.array(propertyValue).max(100)]) }))
    .max(20)
    .optional(),
})

const batchSchema = z.record(z.string().max(100), querySchema)

type Query = z.output<typeof querySchema>

/** Checks the value of a form field. @throws Problem `invalid-body` with every fault. */
export function checkField<Schema extends z.ZodType>(
  schema: Schema,
  name: string,
  value: unknown,
): z.output<Schema> {
  const { data, faults } = checkValue(schema, value)
  if (faults) throw new Problem('invalid-body', `The field ${name} has errors.`, { errors: faults })
  return data
}

/** Checks the number of queries first, since thousands could have thousands of faults. @throws Problem `invalid-body`. */
function requireBatchSize(value: unknown): void {
  const { length } = Object.keys(Object(value))
  if (length > maxBatch)
    throw new Problem('invalid-body', `The batch has ${length} queries; the limit is ${maxBatch}.`)
}

/** Returns the first value of a property as text: the key of an entity, or the value itself. */
function propertyText({ properties = [] }: Query, pid: string): string | undefined {
  const given = properties.find((property) => property.pid === pid)?.v
  const first = Array.isArray(given) ? given[0] : given
  if (first === undefined) return undefined
  return typeof first === 'object' ? (parseEntityId(first.id)?.key ?? first.name ?? first.id) : String(first)
}

/** Properties that are codes by which a record is found, as schemes of `POST /v1/resolve`. */
const codeProperties = ['alpha2', 'alpha3', 'numeric', 'ror'] as const

/** Returns the types of a query. @throws Problem `invalid-body` for a type that is not a resource. */
function typesOf({ type }: Query, registry: Registry): string[] {
  const given = type === undefined ? [] : [type].flat()
  const unknown = given.find((name) => !registry.find(name))
  if (unknown !== undefined) {
    const known = registry.resources.map(({ name }) => name)
    throw new Problem('invalid-body', didYouMeanSentence(`There is no type "${unknown}"`, unknown, known))
  }
  return given.length > 0 ? given : defaultTypesOf(registry)
}

/** The form of an alpha-3 code. */
const codePattern = /^[A-Z]{3}$/

/** Resolves the names of countries in the properties of queries. @returns the codes by name. */
async function resolveCountries(api: ApiFetch, queries: readonly Query[]): Promise<Map<string, string>> {
  const names = [...new Set(queries.flatMap((query) => propertyText(query, 'country') ?? []))]
  if (names.length === 0) return new Map()
  const nameQueries = names.map((name) => ({ resource: 'countries', name: name.slice(0, 500) }))
  const { data } = await fetchJson<{ data: Resolution[] }>(api, '/v1/resolve', { queries: nameQueries })
  return new Map(names.flatMap((name, index) => (data[index]?.match ? [[name, data[index].match.key]] : [])))
}

/** Returns the date of a query as given; undefined if it has none. Cells of a column of dates may be empty. */
const dateOf = (query: Query): string | undefined => propertyText(query, 'on')?.trim() || undefined

const isDate = (text: string): boolean => findEdtfFault(text) === undefined

/** Converts a query for one type to a query of the name resolver; undefined if it has no text. */
function toNameQuery(
  query: Query,
  resource: string,
  countries: ReadonlyMap<string, string>,
): NameQuery | undefined {
  const country = propertyText(query, 'country')
  // A code that names no country still restricts the query, so that no organization of another country matches.
  const code = country === undefined ? undefined : (countries.get(country) ?? codePattern.exec(country)?.[0])
  const scheme = codeProperties.find((pid) => propertyText(query, pid) !== undefined)
  const byCode = scheme !== undefined && (scheme === 'ror') === (resource === 'organizations')
  const name = byCode ? propertyText(query, scheme) : query.query
  if (name === undefined || name.trim() === '') return undefined
  const on = dateOf(query)
  return {
    resource,
    name: name.slice(0, 500),
    limit: Math.min(10, query.limit ?? 5),
    ...(byCode && { scheme }),
    ...(on !== undefined && isDate(on) && { on }),
    ...(code !== undefined && { country: code }),
  }
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

/**
 * Answers a batch of queries (Reconciliation Service API 0.2, section 4). A candidate is a match if exactly one
 * type resolves the query, and resolves it to this record. If the date of the query is not EDTF, there is no match.
 * @throws Problem for a batch that is not valid or too large.
 */
export async function reconcileQueries(
  api: ApiFetch,
  registry: Registry,
  value: unknown,
): Promise<Record<string, unknown>> {
  requireBatchSize(value)
  const entries = Object.entries(checkField(batchSchema, 'queries', value))
  const countries = await resolveCountries(
    api,
    entries.map(([, query]) => query),
  )
  const nameQueries = entries.flatMap(([id, query]) =>
    typesOf(query, registry).flatMap((resource) => {
      const nameQuery = toNameQuery(query, resource, countries)
      return nameQuery ? [{ id, nameQuery }] : []
    }),
  )
  if (nameQueries.length > 1000)
    throw new Problem('invalid-body', 'The queries have more than 1,000 types in total: send fewer queries.')
  const { data } =
    nameQueries.length === 0
      ? { data: [] }
      : await fetchJson<{ data: Resolution[] }>(api, '/v1/resolve', {
          queries: nameQueries.map(({ nameQuery }) => nameQuery),
        })
  return Object.fromEntries(
    entries.map(([id, query]) => {
      const resolutions = nameQueries.flatMap(({ id: queryId, nameQuery }, index) => {
        const resolution = data[index]
        return queryId === id && resolution ? [{ resource: nameQuery.resource, resolution }] : []
      })
      const resolved = resolutions.filter(({ resolution }) => resolution.status === 'resolved')
      const on = dateOf(query)
      const isCertain = resolved.length === 1 && (on === undefined || isDate(on))
      const result = resolutions
        .flatMap(({ resource, resolution }) =>
          resolution.candidates.map((match) =>
            toCandidate(registry, resource, match, isCertain && resolution.status === 'resolved'),
          ),
        )
        .sort((first, second) => second.score - first.score)
        .slice(0, query.limit ?? 5)
      return [id, { result }]
    }),
  )
}
