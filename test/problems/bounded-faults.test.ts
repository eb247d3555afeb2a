import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type HttpResponse, sharedApi } from '../support/api.ts'

const api = await sharedApi()

interface Problem {
  errors: { pointer?: string; parameter?: string; message: string }[]
  moreErrors?: number
}

const many = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => make(index))
/** Returns an object as JSON text, since its names may be repeated. */
const objectJson = (count: number, name: (index: number) => string) =>
  `{${many(count, (index) => `${JSON.stringify(name(index))}:1`).join()}}`

const agreement = (more: object) => ({ title: 'An agreement', kind: 'treaty', ...more })
const ndjson = { headers: { 'content-type': 'application/x-ndjson' } }
const lines = (values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
/** An agreement whose parties do not exist, each with one fault. */
const withAbsentParties = (count: number) =>
  agreement({
    parties: many(count, () => ({ organization: randomUUID(), role: 'party' })),
  })
/** An agreement with one fault. */
const faulty = { title: 1, kind: 'treaty' }

const post =
  (path: string, body: unknown, options = {}) =>
  () =>
    api.post(path, body, options)

/** Requests with many faults: of what kind, how many, and a function that sends the request. */
const requests: [what: string, faults: number, send: () => Promise<HttpResponse>][] = [
  [
    'unknown properties',
    10_000,
    post(
      '/v1/agreements',
      objectJson(10_000, (index) => `titel${index}`).replace('{', '{"title":"a","kind":"treaty",'),
    ),
  ],
  [
    'repeated properties',
    9999,
    post(
      '/v1/agreements',
      objectJson(10_000, () => 'title'),
    ),
  ],
  ['lone surrogates', 10_000, post('/v1/agreements', `[${many(10_000, () => '"\\ud800"').join()}]`)],
  ['wrong items of a list', 500, post('/v1/agreements', agreement({ parties: many(500, () => 1) }))],
  [
    'unknown conditions',
    1500,
    post('/v1/agreements/search', { where: Object.fromEntries(many(1500, (index) => [`stat${index}`, 1])) }),
  ],
  [
    'unknown parameters',
    1000,
    () => api.get(`/v1/agreements?${many(1000, (index) => `p${index}=1`).join('&')}`),
  ],
  [
    'unknown values of a parameter',
    150,
    () => api.get(`/v1/agreements?status=${many(150, () => 'signd').join()}`),
  ],
  ['lines of NDJSON', 1000, post('/v1/agreements/import', lines(many(1000, () => faulty)), ndjson)],
  [
    'references in a bulk operation',
    150,
    post('/v1/agreements/bulk', { operations: [{ op: 'create', document: withAbsentParties(150) }] }),
  ],
  [
    'bulk operations',
    1000,
    post('/v1/agreements/bulk', { operations: many(1000, () => ({ op: 'create', document: faulty })) }),
  ],
]

describe('a problem lists at most 100 faults and the number of further faults:', () => {
  it.each(requests)('%s', async (_what, faults, send) => {
    const response = await send()
    expect([400, 422]).toContain(response.status)
    const { errors, moreErrors = 0 } = response.json<Problem>()
    expect(errors.length).toBe(100)
    expect(errors.length + moreErrors).toBe(faults)
    expect(response.text.length).toBeLessThan(100_000)
  })
})

it('every listed fault has a message, even for a value that could have one of several types', async () => {
  const queries = Object.fromEntries(many(120, (index) => [index, { limit: 0, type: 5 }]))
  const response = await api.get(`/reconcile?queries=${encodeURIComponent(JSON.stringify(queries))}`)
  const { errors } = response.json<Problem>()
  expect(errors).toHaveLength(100)
  expect(new Set(errors.map(({ message }) => message))).toEqual(
    new Set(['0 is out of range: must be at least 1', 'must be a type or an array of types']),
  )
})

it('refused operations with atomic=false list at most 100 faults together', async () => {
  const operations = many(300, () => ({ op: 'create', document: faulty }))
  const response = await api.post('/v1/agreements/bulk?atomic=false', { operations })
  const { results } = response.json<{ results: { problem: Partial<Problem> }[] }>()
  const listed = results.flatMap(({ problem }) => problem.errors ?? [])
  const counted = results.map(({ problem }) => problem.moreErrors ?? 0)
  expect(listed.length).toBe(100)
  expect(counted.reduce((sum, count) => sum + count)).toBe(200)
})

it('the locations and messages of faults are limited to 50,000 characters in total', async () => {
  const name = (index: number) => `${index}`.padEnd(200, 'x')
  const nested = many(90, (index) => `{${JSON.stringify(name(index))}:`).join('')
  const body = `${nested}${objectJson(100, () => name(0))}${'}'.repeat(90)}`
  const response = await api.post('/v1/agreements', body)
  expect(response.status).toBe(400)
  expect(response.text.length).toBeLessThan(60_000)
  expect(response.json<Problem>().moreErrors).toBeGreaterThan(90)
})

describe('a body above a limit of JSON is refused with 413:', () => {
  it.each([
    ['20,000 values', `{"topics":[${many(20_000, () => '1').join()}]}`],
    ['200 characters in a name', JSON.stringify({ ['x'.repeat(201)]: 1 })],
    ['100,000 characters in a text', JSON.stringify({ title: 'x'.repeat(100_001) })],
    ['100,000 escaped characters in a text', JSON.stringify({ title: '"'.repeat(100_001) })],
  ])('%s', async (_what, body) => {
    const response = await api.post('/v1/agreements', body)
    expect(response.status).toBe(413)
    expect(response.text.length).toBeLessThan(1000)
  })
})

it('a bulk request refuses only those of its records that have more than 20,000 values', async () => {
  const large = { op: 'create', document: agreement({ topics: many(20_000, () => 1) }) }
  const small = { op: 'create', document: agreement({}) }
  const response = await api.post('/v1/agreements/bulk?atomic=false', { operations: [large, small] })
  const { results } = response.json<{ results: { status: number; problem?: Problem }[] }>()
  expect(results.map(({ status }) => status)).toEqual([422, 201])
  expect(results[0]?.problem?.errors[0]?.message).toBe('has more than 20000 values')
})
