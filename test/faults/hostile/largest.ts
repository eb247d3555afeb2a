import { z } from 'zod'
import { joinUpTo } from '../join-up-to.ts'
import { operationsOf, type Request } from './operations.ts'

/** The largest and most expensive requests at the limits of the service, and just above them. */

const MiB = 1024 * 1024

const schemaObject = z.looseObject({
  $ref: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  type: z.unknown().optional(),
  maxItems: z.number().optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
})

type Schema = z.output<typeof schemaObject>

/** Resolves references, and chooses the first of several alternatives. */
function resolve(document: unknown, schemaOrTrue: unknown): Schema {
  const schema = schemaObject.parse(schemaOrTrue === true ? {} : (schemaOrTrue ?? {}))
  if (schema.$ref !== undefined) {
    const steps = schema.$ref.slice(2).split('/')
    return resolve(
      document,
      steps.reduce<unknown>((value, step) => Object(value)[step], document),
    )
  }
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  return first === undefined ? schema : resolve(document, first)
}

/** A word with a typo. */
const withTypo = (word: string, index: number) => `${word.slice(0, -1)}${index}`

const quoted = (text: string) => JSON.stringify(text)

/** Invalid list entries: wrong types, and words with typos. */
function wrongItems(document: unknown, list: Schema): string[] {
  const item = resolve(document, list.items)
  const [word] = item.enum ?? []
  return ['1', '{}', '[]', '""', quoted(typeof word === 'string' ? withTypo(word, 1) : 'energi')]
}

/** Bodies of at most the given size for a schema. Most of them repeat one kind of fault. */
function* faultyBodies(
  document: unknown,
  schema: Schema,
  bytes: number,
): Generator<[what: string, body: string]> {
  const properties = Object.entries(schema.properties ?? {})
  const names = properties.map(([name]) => name)
  const name = (index: number) => names[index % names.length] ?? 'title'
  for (const size of [100_000, bytes]) {
    const unknown = (index: number) => `${quoted(withTypo(name(index), index))}:1`
    yield ['unknown properties', joinUpTo('{', unknown, '}', size)]
    yield ['repeated properties', joinUpTo('{', (index) => `${quoted(name(index))}:1`, '}', size)]
  }
  yield ['lone surrogates', joinUpTo('[', () => '"\\ud800"', ']', Math.min(bytes, 150_000))]
  yield ['nesting', joinUpTo('[', () => `${'['.repeat(90)}${']'.repeat(90)}`, ']', bytes)]
  yield ['white space', `{${' '.repeat(bytes - 2)}}`]
  yield ['line breaks', `{${'\n'.repeat(bytes - 3)}x}`]
  yield ['one text', `{${quoted(name(0))}:"${'\\"'.repeat(bytes / 2 - 50)}"}`]
  for (const [property, given] of properties) {
    const inner = resolve(document, given)
    if ([inner.type].flat().includes('array')) {
      for (const item of wrongItems(document, inner)) {
        const { maxItems = 0 } = inner
        yield [`wrong ${property}`, `{${quoted(property)}:[${Array(maxItems).fill(item).join()}]}`]
        yield [
          `too many ${property}`,
          joinUpTo(`{${quoted(property)}:[`, () => item, ']}', Math.min(bytes, 60_000)),
        ]
      }
    } else yield [`long ${property}`, `{${quoted(property)}:"${'x'.repeat(100_000)}"}`]
  }
}

/** Condition trees at the limits of a search for depth and comparisons, one that is too deep, and one that has too many values. */
function* searchBodies(): Generator<[what: string, body: string]> {
  const nest = (levels: number, leaf: string): string =>
    levels === 0 ? leaf : `{"and":[${nest(levels - 1, leaf)}]}`
  yield ['deep conditions', `{"where":${nest(10, '{"id":{"isNull":true}}')}}`]
  yield ['deeper conditions', `{"where":${nest(45, '{}')}}`]
  const emptyConditions = (count: number) =>
    `{"where":{"or":[${Array(50)
      .fill(`{"or":[${Array(count).fill('{}').join()}]}`)
      .join()}]}}`
  yield ['empty conditions', emptyConditions(37)]
  yield ['more empty conditions', emptyConditions(39)]
  yield [
    'many conditions',
    `{"where":{"or":[${Array(50).fill('{"createdAt":{"gte":"2011-01-01","lt":"2012-01-01"}}').join()}]}}`,
  ]
}

/** Number of parameters in a query string that have 200 values each: not too many for a URL. */
const namesInQuery = 8

/** Query strings that make a URL almost as long as the limit allows. */
function* queries(names: string[]): Generator<string> {
  const upToLimit = (element: (index: number) => string) =>
    joinUpTo('', element, '', 13_000).replaceAll(',', '&')
  yield upToLimit((index) => `${withTypo(names[index % names.length] ?? 'limit', index)}=1`)
  yield upToLimit(() => 'limit=1')
  yield upToLimit((index) => `limit[o${index}]=1`)
  yield upToLimit(() => '')
  const values = Array(200).fill('signde').join()
  for (let index = 0; index < names.length; index += namesInQuery) {
    const some = names.slice(index, index + namesInQuery)
    yield some.map((name) => `${encodeURIComponent(name)}=${values}`).join('&')
  }
  yield `${names[0] ?? 'limit'}=${'x'.repeat(13_000)}`
}

/**
 * Yields the largest requests of an OpenAPI document, valid and invalid ones: of each GET with parameters in the query, and of
 * each operation with a body.
 * @param key key of an administrator.
 * @param isWanted tells whether a path is wanted.
 */
export function* largestRequests(
  document: unknown,
  key: string,
  isWanted: (path: string) => boolean,
): Generator<Request & { what: string }> {
  const authorization = `Bearer ${key}`
  for (const { operationId, method, path, parameters, requestBody } of operationsOf(document)) {
    if (!isWanted(path)) continue
    const url = path.replaceAll(/\{(\w+)\}/g, '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90')
    const needsVersion = parameters.some(({ name }) => name === 'If-Match')
    const headers: Record<string, string> = { authorization, ...(needsVersion && { 'if-match': '*' }) }
    const request = { operationId, method, url, headers }
    const names = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name)
    if (method === 'GET' && names.length > 0) {
      for (const query of queries(names)) yield { ...request, what: 'query', url: `${url}?${query}` }
    }
    for (const [type, { schema: given, example }] of Object.entries(requestBody?.content ?? {})) {
      const sent = { ...request, headers: { ...headers, 'content-type': type } }
      if (!/[/+]json$/.test(type)) {
        yield* lineBodies(example).map(([what, body]) => ({ ...sent, what, body }))
        continue
      }
      const isBulk = operationId.startsWith('bulk')
      const schema = resolve(document, given)
      const bytes = isBulk ? 16 * MiB - 100 : MiB - 100
      for (const [what, body] of faultyBodies(document, schema, bytes)) yield { ...sent, what, body }
      if (operationId.startsWith('search')) {
        for (const [what, body] of searchBodies()) yield { ...sent, what, body }
      }
      if (isBulk) yield* bulkBodies(example).map(([what, body]) => ({ ...sent, what, body }))
    }
  }
}

const unknownProperties = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"titel${index}":1`).join()}}`

function lineBodies(example: unknown): [what: string, body: string][] {
  const line = String(example).trim()
  return [
    ['valid lines', `${Array(1000).fill(line).join('\n')}\n`],
    ['lines of unknown properties', `${Array(1000).fill(unknownProperties(1000)).join('\n')}\n`],
    ['numbers instead of documents', '1\n'.repeat(8 * MiB)],
    ['one long line', unknownProperties(1_000_000)],
  ]
}

function bulkBodies(example: unknown): [what: string, body: string][] {
  const [first] = z.looseObject({ operations: z.array(z.unknown()) }).parse(example).operations
  const bulk = (operations: string[]) => `{"operations":[${operations.join()}]}`
  return [
    ['valid operations', bulk(Array(1000).fill(JSON.stringify(first)))],
    [
      'operations of unknown properties',
      bulk(Array(1000).fill(`{"op":"create","document":${unknownProperties(300)}}`)),
    ],
    ['numbers instead of operations', bulk(Array(8 * MiB - 20).fill('1'))],
  ]
}

/** Whether a path belongs to agreements, which have the most properties, or is one of a few that belong to no single resource. */
export const isRepresentative = (path: string) =>
  /^\/v1\/(agreements|keys|network|search|changes)\b/.test(path)

/** Returns the longest delay of a service's event loop since its metrics were last read. */
export async function readLongestDelayMs(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text()
  return 1000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1])
}
