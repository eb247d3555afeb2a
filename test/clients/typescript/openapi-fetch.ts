import { writeFile } from 'node:fs/promises'
import createClient from 'openapi-fetch'
import type { components, paths } from './generated/openapi-typescript.ts'

const client = createClient<paths>({
  baseUrl: process.env.REGISTRY_URL ?? 'http://127.0.0.1:3000',
  headers: { authorization: `Bearer ${process.env.REGISTRY_KEY}` },
})

/** Returns the data of a successful response. @throws an Error with the detail of the problem if the request failed. */
function dataOf<T>({ data, error }: { data?: T; error?: components['schemas']['Problem'] }): T {
  if (data === undefined) throw new Error(error?.detail ?? 'no data received', { cause: error })
  return data
}

// List the agreements of three countries that were signed in 2011, and read all pages.
const listed: (string | null)[] = []
const ids: string[] = []
let cursor: string | null = null
do {
  const { data, page }: components['schemas']['AgreementPage'] = dataOf(
    await client.GET('/v1/agreements', {
      params: {
        query: {
          'signedOn[gte]': '2011',
          'signedOn[lte]': '2011-12',
          country: ['PAK', 'USA', 'DEU'],
          sort: ['signedOn'],
          limit: 2,
          ...(cursor !== null && { cursor }),
        },
      },
    }),
  )
  listed.push(...data.map(({ signedOn }) => signedOn))
  ids.push(...data.map(({ id }) => id))
  cursor = page.next
} while (cursor !== null)

// Read one agreement.
const [id = ''] = ids
const read = dataOf(await client.GET('/v1/agreements/{id}', { params: { path: { id } } }))

// Create an agreement, and update it, with the version from the response in `If-Match`.
const created = dataOf(
  await client.POST('/v1/agreements', {
    body: {
      title: 'Created by a client',
      kind: 'agreement',
      place: 'Kathmandu',
      parties: [{ country: 'NPL', role: 'party' }],
    },
  }),
)
const sign = () =>
  client.PATCH('/v1/agreements/{id}', {
    params: { path: { id: created.id }, header: { 'If-Match': `"${created.version}"` } },
    body: { status: 'signed' },
  })
const patched = dataOf(await sign())

// Update it again with the old version: 412.
const { error: stale, response } = await sign()

// Clear a property with null.
const cleared = dataOf(
  await client.PATCH('/v1/agreements/{id}', {
    params: { path: { id: created.id }, header: { 'If-Match': `"${patched.version}"` } },
    body: { place: null },
  }),
)

// Delete the agreement.
const { response: removal } = await client.DELETE('/v1/agreements/{id}', {
  params: { path: { id: created.id }, header: { 'If-Match': `"${cleared.version}"` } },
})

// Search with a tree of conditions.
const found = dataOf(
  await client.POST('/v1/agreements/search', {
    body: {
      where: {
        or: [
          { country: { eq: 'PAK' } },
          { and: [{ signedOn: { gte: '2011-05' } }, { not: { country: { eq: 'USA' } } }] },
        ],
      },
      sort: [{ by: 'signedOn' }],
      limit: 25,
    },
  }),
)

// Count by country.
const counted = dataOf(
  await client.GET('/v1/agreements/aggregate', {
    params: { query: { groupBy: ['country'], 'signedOn[gte]': '2011' } },
  }),
)

// Export to a file.
const file = dataOf(
  await client.GET('/v1/agreements/export', {
    params: { query: { format: 'csv', country: ['PAK'], fields: ['title', 'signedOn'] } },
    parseAs: 'text',
  }),
)
await writeFile('agreements.csv', file)

// Read the feed of changes.
const changes = dataOf(
  await client.GET('/v1/changes', { params: { query: { resource: ['agreements'], limit: 3 } } }),
)

// Create an invalid agreement, and read from the problem which property is wrong.
const { error: refused } = await client.POST('/v1/agreements', {
  body: { title: 'Refused', kind: 'agreement', topics: ['no-such-topic'] },
})

console.log(
  JSON.stringify({
    listed,
    read: read.signedOn,
    created: created.version,
    patched: patched.version,
    stale: [response.status, stale?.type],
    cleared: [cleared.version, cleared.place],
    removed: removal.status,
    found: found.data.map(({ signedOn }) => signedOn),
    counted: Object.fromEntries(counted.data.map(({ key, measures }) => [key.country, measures.count])),
    exported: file.split('\r\n')[0],
    changes: changes.data.map(({ operation }) => operation),
    refused: refused?.errors?.map(({ pointer }) => pointer),
  }),
)
