import { writeFile } from 'node:fs/promises'
import { client } from './generated/hey-api/client.gen'
import {
  aggregateAgreements,
  createAgreement,
  deleteAgreement,
  exportAgreements,
  getAgreement,
  listAgreements,
  listChanges,
  searchAgreements,
  updateAgreement,
} from './generated/hey-api/sdk.gen'
import type { AgreementPage, Problem } from './generated/hey-api/types.gen'

client.setConfig({
  baseUrl: process.env.REGISTRY_URL ?? 'http://127.0.0.1:3000',
  auth: () => process.env.REGISTRY_KEY,
})

/** Returns the data of a successful response. @throws an Error with the detail of the problem if the request failed. */
function dataOf<T>({ data, error }: { data?: T | undefined; error?: Problem | undefined }): T {
  if (data === undefined) throw new Error(error?.detail ?? 'no data received', { cause: error })
  return data
}

// List the agreements of three countries that were signed in 2011, and read all pages.
const listed: (string | null)[] = []
const ids: string[] = []
let cursor: string | null = null
do {
  const { data, page }: AgreementPage = dataOf(
    await listAgreements({
      query: {
        'signedOn[gte]': '2011',
        'signedOn[lte]': '2011-12',
        country: ['PAK', 'USA', 'DEU'],
        sort: ['signedOn'],
        limit: 2,
        ...(cursor !== null && { cursor }),
      },
    }),
  )
  listed.push(...data.map(({ signedOn }) => signedOn))
  ids.push(...data.map(({ id }) => id))
  cursor = page.next
} while (cursor !== null)

// Read one agreement.
const [id = ''] = ids
const read = dataOf(await getAgreement({ path: { id } }))

// Create an agreement, and update it, with the version from the response in `If-Match`.
const created = dataOf(
  await createAgreement({
    body: {
      title: 'Created by a client',
      kind: 'agreement',
      place: 'Kathmandu',
      parties: [{ country: 'NPL', role: 'party' }],
    },
  }),
)
const sign = () =>
  updateAgreement({
    path: { id: created.id },
    headers: { 'If-Match': `"${created.version}"` },
    body: { status: 'signed' },
  })
const patched = dataOf(await sign())

// Update it again with the old version: 412.
const { error: stale, response } = await sign()

// Clear a property with null.
const cleared = dataOf(
  await updateAgreement({
    path: { id: created.id },
    headers: { 'If-Match': `"${patched.version}"` },
    body: { place: null },
  }),
)

// Delete the agreement.
const { response: removal } = await deleteAgreement({
  path: { id: created.id },
  headers: { 'If-Match': `"${cleared.version}"` },
})

// Search with a tree of conditions.
const found = dataOf(
  await searchAgreements({
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
  await aggregateAgreements({ query: { groupBy: ['country'], 'signedOn[gte]': '2011' } }),
)

// Export to a file.
const file = dataOf(
  await exportAgreements({
    query: { format: 'csv', country: ['PAK'], fields: ['title', 'signedOn'] },
    parseAs: 'blob',
  }),
)
const text = await file.text()
await writeFile('agreements.csv', text)

// Read the feed of changes.
const changes = dataOf(await listChanges({ query: { resource: ['agreements'], limit: 3 } }))

// Create an invalid agreement, and read from the problem which property is wrong.
const { error: refused } = await createAgreement({
  body: { title: 'Refused', kind: 'agreement', topics: ['no-such-topic'] },
})

console.log(
  JSON.stringify({
    listed,
    read: read.signedOn,
    created: created.version,
    patched: patched.version,
    stale: [response?.status, stale?.type],
    cleared: [cleared.version, cleared.place],
    removed: removal?.status,
    found: found.data.map(({ signedOn }) => signedOn),
    counted: Object.fromEntries(counted.data.map(({ key, measures }) => [key.country, measures.count])),
    exported: text.split('\r\n')[0],
    changes: changes.data.map(({ operation }) => operation),
    refused: refused?.errors?.map(({ pointer }) => pointer),
  }),
)
