import { afterEach, expect, it, vi } from 'vitest'
import { registryFetch } from './typescript/orval-fetch.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Returns the data that the client gets for a response with a body. */
async function readBody(type: string, body: string): Promise<unknown> {
  vi.stubGlobal('fetch', async () => new Response(body, { headers: { 'content-type': type } }))
  return (await registryFetch<{ data: unknown }>('/', {})).data
}

it.each(['text/csv; charset=utf-8', 'application/x-ndjson', 'application/geo+json'])(
  'orval-fetch reads %s as a file',
  async (type) => {
    const body = '{"a":1}\n{"a":2}\n'
    const data = await readBody(type, body)
    expect(data instanceof Blob && (await data.text())).toBe(body)
  },
)

it.each([
  'application/json; charset=utf-8',
  'application/problem+json; charset=utf-8',
  'application/ld+json',
])('orval-fetch reads %s as JSON', async (type) => {
  expect(await readBody(type, '{"a":1}')).toEqual({ a: 1 })
})
