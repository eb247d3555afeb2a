import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { readSeeds } from '../../src/features/seeding/files.ts'
import { lazyFor } from '../../src/model/lazy.ts'
import type { Resource } from '../../src/model/resource.ts'
import { references } from '../../src/model/schemas.ts'
import type { Fault } from '../../src/problems/problem.ts'
import { countInList } from './aggregates.ts'
import type { Api, HttpResponse, RequestOptions } from './api.ts'
import { unwrapSchema } from './build-document.ts'
import { registry } from './registry.ts'

/** Valid documents of every resource, and helpers that send common requests. */

/** A document or record as JSON. */
export type Document = Record<string, unknown>

/** The schema of any document or record. */
export const documentSchema = z.record(z.string(), z.unknown())

/** The body of a problem response (RFC 9457). */
export interface ProblemBody {
  type: string
  status: number
  detail: string
  errors?: Fault[]
}

/** A page of a list. */
export interface Page<Entry = Document> {
  data: Entry[]
  page: { limit: number; next: string | null; total?: { count: number; relation: string } }
}

/** A record that a test has created. */
export interface CreatedRecord {
  key: string
  /** Path of the record: `/v1/agreements/…`. */
  path: string
  etag: string
  record: Document
}

/** Returns the path of a resource's list. */
export const listPath = (resource: Resource) => `/v1/${resource.name}`

/** Returns the key in a record. */
export const keyIn = (resource: Resource, record: Document) => String(record[resource.key.property])

/** Returns the path of a record. */
export const pathTo = (resource: Resource, key: string) => `${listPath(resource)}/${key}`

/** Returns the problem in a response. */
export const readProblem = (response: HttpResponse) => response.json<ProblemBody>()

/** Returns the distinct pointers of the faults in a response, sorted. */
export const pointersIn = (response: HttpResponse) =>
  [...new Set((readProblem(response).errors ?? []).map(({ pointer }) => pointer))].sort()

/** Returns the fault with a pointer or parameter, or undefined. */
export const faultAt = (response: HttpResponse, location: string) =>
  (readProblem(response).errors ?? []).find(
    ({ pointer, parameter }) => pointer === location || parameter === location,
  )

/** Returns the value at a JSON pointer whose steps have no escapes; undefined if there is none. */
export const valueAt = (document: Document, pointer: string): unknown =>
  pointer
    .slice(1)
    .split('/')
    .reduce<unknown>((value, step) => Object(value)[step], document)

/** Returns the ETag of a response, or an empty string. */
export const etagOf = (response: HttpResponse) => response.headers.get('etag') ?? ''

/** A UUID that no record has. */
export const unusedId = '0fffffff-ffff-7fff-bfff-ffffffffffff'

/** Well-formed keys that no record has, for resources whose keys clients choose. */
const unusedNaturalKeys: Record<string, string> = {
  regions: '999',
  countries: 'ZZZ',
  topics: 'no-such-topic',
}

/** Returns a well-formed key that no record of the resource has. @throws if this file has none for the resource. */
export function unusedKey({ name, key }: Resource): string {
  if (key.assignedBy === 'registry') return unusedId
  return unusedNaturalKeys[name] ?? throwMissingKeys(name)
}

const throwMissingKeys = (name: string): never => {
  throw new Error(`test/support/documents.ts has no unused keys of ${name}, whose keys clients choose`)
}

/** Returns all records of a list, from all its pages. @param query the query string, without `?`. @throws like `pages`. */
export async function listAll<Entry = Document>(api: Api, resource: Resource, query = ''): Promise<Entry[]> {
  return (await pages<Entry>(api, resource, `limit=200${query && `&${query}`}`)).flat()
}

/** Returns the records of a list by page, following `page.next`. @throws if the response to a page is not 200. */
export async function pages<Entry = Document>(
  api: Api,
  resource: Resource,
  query: string,
  path = listPath(resource),
): Promise<Entry[][]> {
  const found: Entry[][] = []
  for (let next: string | null = ''; next !== null; ) {
    const response = await api.get(`${path}?${query}${next && `&cursor=${next}`}`)
    if (response.status !== 200) throw new Error(`${path}?${query} answered ${response.text}`)
    const { data, page } = response.json<Page<Entry>>()
    found.push(data)
    next = page.next
  }
  return found
}

/** Returns how many records a resource has. */
export const count = (api: Api, resource: Resource): Promise<number> => countInList(api, listPath(resource))

/** Returns the resource with a name. @throws when there is none. */
export const resourceOf = (name: string): Resource => registry.get(name)

/** Returns the values of a property in all records of a resource. */
const valuesInUse = async (api: Api, name: string, property: string) =>
  (await listAll(api, resourceOf(name), `fields=${property}`)).map((record) => record[property])

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const numericCodes = Array.from({ length: 900 }, (_, index) => String(index + 100))
const pairs = letters.flatMap((first) => letters.map((second) => first + second))

/** Codes that no record may have: `unusedNaturalKeys` has 999, and tests of unknown countries use XXX. */
const reservedCodes = new Set(['999', 'XXX'])

/** Returns functions that return another unused code at each call. There are too few codes to draw them at random. */
const unusedCodes = lazyFor(async (api: Api) => {
  const drawFrom = async (candidates: string[], name: string, property: string) => {
    const taken = new Set(await valuesInUse(api, name, property))
    const free = candidates.filter((code) => !taken.has(code) && !reservedCodes.has(code))
    return () => free.pop() ?? ''
  }
  const alpha3s = [...pairs.map((pair) => `Q${pair}`), ...pairs.map((pair) => `X${pair}`)]
  const [alpha3, alpha2, numeric, m49] = await Promise.all([
    drawFrom(alpha3s, 'countries', 'code'),
    drawFrom(pairs, 'countries', 'alpha2'),
    drawFrom(numericCodes, 'countries', 'numeric'),
    drawFrom(numericCodes, 'regions', 'code'),
  ])
  return { alpha3, alpha2, numeric, m49 }
})

const wellKnownKeys: Record<string, string> = { regions: '142', countries: 'CHN', topics: 'energy' }

/** The names of the resources that have seed data. */
const seeded = new Set((await readSeeds('all')).map(({ resource }) => resource.name))

/** Tells whether a resource has seed data. */
export const isSeeded = ({ name }: Resource): boolean => seeded.has(name)

/** Returns the key of a seeded record. Tests may refer to it and must not change it. @throws if there is no seed data. */
export const seededKey = async (api: Api, name: string): Promise<string> => {
  const resource = resourceOf(name)
  if (!isSeeded(resource)) throw new Error(`${name} has no seed data: no folder of seeds/ has ${name}.json`)
  const known = wellKnownKeys[name]
  if (known !== undefined) return known
  const [record] = (await api.get(`${listPath(resource)}?limit=1`)).json<Page>().data
  if (!record) throw new Error(`${name} has seed data, but the database has no record of it`)
  return keyIn(resource, record)
}

/** The keys of records that tests may refer to, by resource, for each service. */
const sharedKeys = lazyFor((_api: Api) => new Map<string, Promise<string>>())

/**
 * Returns the key of a record that tests may refer to and must not change: a seeded one, or an example that it creates once
 * if the resource has no seed data.
 */
export function sharedKey(api: Api, name: string): Promise<string> {
  const keys = sharedKeys(api)
  const resource = resourceOf(name)
  const key =
    keys.get(name) ??
    (isSeeded(resource) ? seededKey(api, name) : createRecord(resource, api).then(({ key }) => key))
  keys.set(name, key)
  return key
}

/** Returns unused values of the properties that must be unique: codes, slugs and external ids. */
export async function uniqueProperties(resource: Resource, api: Api): Promise<Document> {
  const codes = await unusedCodes(api)
  switch (resource.name) {
    case 'regions':
      return { code: codes.m49() }
    case 'countries':
      return { code: codes.alpha3(), alpha2: codes.alpha2(), numeric: codes.numeric() }
    case 'topics':
      return { slug: `test-${randomUUID()}` }
    default:
      if (resource.key.assignedBy === 'client') return throwMissingKeys(resource.name)
      return 'externalIds' in resource.document.shape
        ? { externalIds: [{ scheme: 'test', id: randomUUID() }] }
        : {}
  }
}

/** Returns a value of an example. The ids in it belong to no record, so keys of existing records replace them. */
async function withKeys(schema: z.core.$ZodType, value: unknown, api: Api): Promise<unknown> {
  const inner = unwrapSchema(schema)
  const target = references.get(inner)
  if (target !== undefined && value !== null)
    return resourceOf(target).key.assignedBy === 'registry' ? sharedKey(api, target) : value
  if (inner instanceof z.ZodArray && Array.isArray(value))
    return Promise.all(value.map((item) => withKeys(inner.element, item, api)))
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const option = inner.options.find((one) => z.safeParse(one, value).success)
    return option ? withKeys(option, value, api) : value
  }
  if (!(inner instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(async ([property, part]) => {
    const partSchema = inner.shape[property]
    return [property, partSchema ? await withKeys(partSchema, part, api) : part] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Returns the example document of a resource with unused keys and external ids, and with `overrides`. */
export async function exampleDocument(
  resource: Resource,
  api: Api,
  overrides: Document = {},
): Promise<Document> {
  return {
    ...Object(await withKeys(resource.document, resource.example, api)),
    ...(await uniqueProperties(resource, api)),
    ...overrides,
  }
}

/** Creates a record from a document, by default a new example. @throws when the service refuses it. */
export async function createRecord(
  resource: Resource,
  api: Api,
  document?: Document,
): Promise<CreatedRecord> {
  const response = await api.post(listPath(resource), document ?? (await exampleDocument(resource, api)))
  if (response.status !== 201) throw new Error(`a document of ${resource.name} was refused: ${response.text}`)
  const record = response.json()
  const key = keyIn(resource, record)
  return { key, path: pathTo(resource, key), etag: etagOf(response), record }
}

const inputSchema = z.looseObject({
  required: z.array(z.string()).default([]),
  properties: z.record(z.string(), z.unknown()),
})

/** Returns the schema of a document to create, from the OpenAPI document. */
export function getInputSchema(api: Api, resource: Resource): z.output<typeof inputSchema> {
  const reference = z.object({ $ref: z.string() })
  const media = z.looseObject({ 'application/json': z.looseObject({ schema: reference }) })
  const create = z.looseObject({ requestBody: z.looseObject({ content: media }) })
  const openApiSchema = z.looseObject({
    paths: z.looseObject({ [listPath(resource)]: z.looseObject({ post: create }) }),
    components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
  })
  const { paths, components } = openApiSchema.parse(api.document)
  const target = paths[listPath(resource)]?.post.requestBody.content['application/json'].schema.$ref
  return inputSchema.parse(components.schemas[target?.split('/').at(-1) ?? ''])
}

/** Returns an example document with the required properties only. */
export async function minimalDocument(resource: Resource, api: Api): Promise<Document> {
  const { required } = getInputSchema(api, resource)
  const entries = Object.entries(await exampleDocument(resource, api))
  return Object.fromEntries(entries.filter(([property]) => required.includes(property)))
}

/** Returns the default values of a resource's optional properties. */
export function getDefaults(api: Api, resource: Resource): Document {
  const { required, properties } = getInputSchema(api, resource)
  // The service sets the others: the id, the version and times.
  const writable = Object.keys(properties).filter((property) => property in resource.document.shape)
  const optional = writable.filter((property) => !required.includes(property))
  return Object.fromEntries(
    optional.map((property) => [property, resource.document.shape[property]?.safeParse(undefined).data]),
  )
}

/** Returns a property of the resource that accepts any text: its title or name if it has one, otherwise its note. */
export const nameProperty = (resource: Resource): string =>
  ['title', 'name'].find((property) => property in resource.document.shape) ?? 'note'

/** Returns request options that change a record only if it still has this ETag. */
export const ifMatch = (etag: string): RequestOptions => ({ headers: { 'if-match': etag } })

/** Returns a deep copy of `value`, in which values of `other` that are neither null nor undefined replace its values. */
export function mergeDeep(value: unknown, other: unknown): unknown {
  if (other === undefined || other === null) return value
  if (Array.isArray(value)) return value.map((item, index) => mergeDeep(item, Object(other)[index]))
  if (typeof value !== 'object' || value === null) return other
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, mergeDeep(inner, Object(other)[name])]),
  )
}

/** Sends a body in a create, a replace and a patch request. @throws when any of them changes something. */
export async function sendAsEveryWrite(
  api: Api,
  resource: Resource,
  path: string,
  body: string | Uint8Array,
  options: RequestOptions = {},
): Promise<HttpResponse[]> {
  const state = async () => ({ records: await count(api, resource), record: (await api.get(path)).text })
  const before = await state()
  const responses = [
    await api.post(listPath(resource), body, options),
    await api.put(path, body, options),
    await api.patch(path, body, options),
  ]
  const after = await state()
  if (isDeepStrictEqual(before, after)) return responses
  const statuses = responses.map(({ status }) => status).join()
  throw new Error(
    `a request that must be refused changed something (${statuses}): ${JSON.stringify({ before, after })}`,
  )
}

/** Returns a time by the database's clock that is after all earlier writes and before all later ones. */
export async function databaseTime(api: Api): Promise<string> {
  const { rows } = await api.pool.query<{ now: Date }>('select clock_timestamp() as now from pg_sleep(0.003)')
  await new Promise((resolve) => setTimeout(resolve, 3))
  return rows[0]?.now.toISOString() ?? ''
}
