// @module-tag slow

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { registry } from '../../src/resources/registry.ts'
import { anyCharacter } from '../support/any-character.ts'
import { type HttpResponse, type RequestOptions, useTestApi } from '../support/api.ts'
import { type ProblemBody, unusedId } from '../support/documents.ts'

const { resources } = registry

/** Many requests are slow on a busy machine. */
const slow = { timeout: 60_000 }

const api = useTestApi()

/** Internals that no problem may contain: SQL, stack traces, and names of constraints, tables and files. */
const internals = [
  /\b(select|insert into|update|delete from)\b.{0,80}\b(from|values|set|where)\b/is,
  /\bat (async )?[\w.<>]+ \(|node_modules|\.(ts|js|mjs):\d+|file:\/\/|\/(src|dist|home|root|usr|tmp)\//,
  /violates|constraint|relation "|column "|syntax error|invalid input syntax|SQLSTATE|pg_|drizzle|ZodError/,
  /_(fk|pk|check|known|form|filled|unique|once|pair|range|valid|subject|actor)\b/,
]

/**
 * Removes quoted texts, which `quote()` may have truncated. They may come from the request, so only the other text, which the
 * service adds, is checked.
 */
const withoutQuotations = (text: string): string =>
  text.replaceAll(/"[^\n]{55,56}…|"(?:[^"\\\n]|\\.)*"/g, '""')

it.each([
  [
    'of a deletion',
    'update or delete on table "countries" violates foreign key constraint "participations_country_fk" on table "participations"',
  ],
  [
    'of an insertion',
    'insert or update on table "topic_links" violates foreign key constraint "topic_links_topic_fk"',
  ],
  ['after a quoted value', '"many" is not a number; select "id" from "agreements" where "id" = 1'],
])('the check for internals finds a message of the database: %s', (_name, message) => {
  const text = withoutQuotations(message)
  expect(internals.some((internal) => internal.test(text))).toBe(true)
})

describe('problems', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      "'; drop table agreements; --",
      "' or '1'='1",
      '$1',
      '\\',
      '%',
      '\u0000',
      'a\u0000b',
      '\uffff',
      '\u202e',
      '💥',
      '__proto__',
      'constructor',
      'NaN',
      'Infinity',
      '-1',
      '1e400',
      '99999999999999999999',
      '2011-13',
      '9999999-01',
      'Y170000002',
      '-0000',
      '/..',
      '{"a":1}',
      '((((',
      '"unfinished',
      'a'.repeat(3000),
    ),
    fc.string({ unit: anyCharacter, maxLength: 20 }),
    fc.string({ maxLength: 20 }),
  )
  const resource = fc.constantFrom(...resources)
  const operator = fc.constantFrom(
    '',
    '',
    '[gte]',
    '[ne]',
    '[lt]',
    '[certainlyGt]',
    '[]',
    '[x]',
    '[__proto__]',
  )

  const query = resource.chain(({ name, filters, dimensions }) => {
    const start = [`/v1/${name}?`, `/v1/${name}/aggregate?groupBy=${Object.keys(dimensions)[0]}&`]
    return fc
      .tuple(
        fc.constantFrom(...start),
        fc.array(
          fc.tuple(
            fc.oneof(
              fc.constantFrom(
                ...Object.keys(filters),
                'sort',
                'limit',
                'cursor',
                'fields',
                'include',
                'count',
                'groupBy',
                'measures',
                'having',
              ),
              hostile,
            ),
            operator,
            hostile,
          ),
          { minLength: 1, maxLength: 3 },
        ),
      )
      .map(([path, parameters]) => {
        // Lone surrogates cannot be percent-encoded in a URL.
        const search = parameters.map(
          ([parameter, bracket, value]) =>
            `${encodeURIComponent(parameter.toWellFormed())}${bracket}=${encodeURIComponent(value.toWellFormed())}`,
        )
        return { method: 'GET', path: `${path}${search.join('&')}`, options: {} }
      })
  })
  const reading = fc.tuple(resource, hostile).map(([{ name }, key]) => ({
    method: 'GET',
    path: `/v1/${name}/${encodeURIComponent(key.toWellFormed()).replaceAll('.', '%2E')}`,
    options: {},
  }))

  const value: fc.Arbitrary<unknown> = fc.oneof(
    hostile,
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(unusedId, 'PAK', 'energy', 'other', '2011-04', -1, 1e300, [], {}, null),
  )
  const document = resource.chain((definition) => {
    const { externalIds, ...example } = definition.example
    return fc
      .dictionary(fc.oneof(fc.constantFrom(...Object.keys(definition.document.shape)), hostile), value, {
        maxKeys: 3,
      })
      .map((change) => ({ name: definition.name, body: { ...example, ...change } }))
  })
  const writing = fc
    .tuple(document, fc.constantFrom('POST', 'PUT', 'PATCH'))
    .map(([{ name, body }, method]) => ({
      method,
      path: method === 'POST' ? `/v1/${name}` : `/v1/${name}/{key}`,
      options: { body, headers: { 'if-match': '*' } },
    }))
  const raw = fc
    .tuple(
      resource,
      fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.constantFrom('{', '[]', '"a"', 'null', '[[[[', '{"a":1}}', '1e999'),
      ),
      fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-16', 'a/b/c', '\t'),
    )
    .map(([{ name }, body, type]) => ({
      method: 'POST',
      path: `/v1/${name}`,
      options: { body, headers: { 'content-type': type } },
    }))
  const headers = fc
    .tuple(resource, fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), fc.nat(4))
    .map(([{ name }, text, index]) => {
      const header = ['if-match', 'if-none-match', 'accept', 'authorization', 'content-encoding'][index] ?? ''
      return { method: 'GET', path: `/v1/${name}?limit=1`, options: { headers: { [header]: text } } }
    })

  /**
   * Keys of records that the test may change. If the example of a resource cannot be created, its key is one that no record has.
   */
  const keys = new Map([
    ['regions', '901'],
    ['countries', 'ZZC'],
    ['topics', 'changed-by-the-test'],
  ])
  beforeAll(async () => {
    await api.post('/v1/regions', { code: '901', name: 'A group', kind: 'group' })
    await api.post('/v1/countries', { code: 'ZZC', alpha2: 'ZC', name: 'A country' })
    await api.post('/v1/topics', { slug: 'changed-by-the-test', name: 'A topic', scheme: 'domain' })
    for (const { name, key, example } of resources.filter(
      (resource) => resource.key.assignedBy === 'registry',
    )) {
      const { externalIds, ...body } = example
      const response = await api.post(`/v1/${name}`, body)
      keys.set(name, response.status === 201 ? String(response.json()[key.property]) : unusedId)
    }
  })

  /** Replaces `{key}` in a path with the key of a record that the test may change. */
  const withKey = (path: string) =>
    path.replace(/([\w-]+)\/\{key\}$/, (_all, name) => `${name}/${keys.get(name)}`)

  function expectNoInternals(response: HttpResponse, request: string) {
    expect(response.status, `${request} → ${response.text.slice(0, 500)}`).toBeLessThan(500)
    if (response.status < 400) return
    const { detail, errors = [] } = response.json<ProblemBody>()
    const words = [detail, ...errors.map(({ message }) => message)].join('\n')
    for (const internal of internals) expect(withoutQuotations(words), request).not.toMatch(internal)
  }

  it('of random requests are no server errors, and contain no internals', slow, async () => {
    const anything = fc.oneof(
      { weight: 3, arbitrary: query },
      { weight: 1, arbitrary: reading },
      { weight: 3, arbitrary: writing },
      { weight: 1, arbitrary: raw },
      { weight: 1, arbitrary: headers },
    )
    await fc.assert(
      fc.asyncProperty(anything, async ({ method, path, options }) => {
        const sent: RequestOptions = options
        const response = await api.request(method, withKey(path), sent)
        expectNoInternals(response, `${method} ${path} ${JSON.stringify(sent)}`)
      }),
      { numRuns: 150 },
    )
  })

  it('for refusals by the database contain no message of the database', async () => {
    const refused: [string, string, RequestOptions][] = [
      ['POST', '/v1/countries', { body: { code: 'PAK', alpha2: 'ZY', name: 'Pakistan' } }],
      ['POST', '/v1/countries', { body: { code: 'ZZB', alpha2: 'ZY', name: 'Z', region: '998' } }],
      ['POST', '/v1/topics', { body: { slug: 'x', name: 'X', scheme: 'ford', code: '1.1' } }],
      ['DELETE', '/v1/countries/PAK', { headers: { 'if-match': '*' } }],
      ['DELETE', '/v1/regions/001', { headers: { 'if-match': '*' } }],
      ['DELETE', '/v1/topics/energy', { headers: { 'if-match': '*' } }],
      ['PATCH', '/v1/regions/142', { body: { parent: '030' }, headers: { 'if-match': '*' } }],
      ['POST', '/v1/assistance-programs', { body: { title: 'A', sectors: [{ topic: 'no-topic' }] } }],
    ]
    for (const [method, path, options] of refused) {
      const response = await api.request(method, path, options)
      expect(response.status, `${method} ${path}`).toSatisfy((status: number) => [409, 422].includes(status))
      expectNoInternals(response, `${method} ${path}`)
      expect(response.json<ProblemBody>().errors?.length, `${method} ${path}`).toBeGreaterThan(0)
    }
  })
})
