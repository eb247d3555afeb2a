import { writeFile } from 'node:fs/promises'
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
} from './generated/orval.ts'

/** Returns the data of a response that has the expected status. @throws an Error with the body if it has another status. */
function dataOf<Result extends { status: number; data: unknown }, Status extends Result['status']>(
  result: Result,
  status: Status,
): Extract<Result, { status: Status }>['data'] {
  if (result.status !== status) throw new Error(JSON.stringify(result.data))
  return result.data
}

// List the agreements of three countries that were signed in 2011, and read all pages.
const listed: (string | null)[] = []
const ids: string[] = []
let cursor: string | null = null
do {
  const result: Awaited<ReturnType<typeof listAgreements>> = await listAgreements({
    'signedOn[gte]': '2011',
    'signedOn[lte]': '2011-12',
    country: ['PAK', 'USA', 'DEU'],
    sort: ['signedOn'],
    limit: 2,
    ...(cursor !== null && { cursor }),
  })
  const { data, page } = dataOf(result, 200)
  listed.push(...data.map(({ signedOn }) => signedOn))
  ids.push(...data.map(({ id }) => id))
  cursor = page.next
} while (cursor !== null)

// Read one agreement.
const [id = ''] = ids
const read = dataOf(await getAgreement(id), 200)

// Create an agreement, and update it, with the version from the response in `If-Match`.
const created = dataOf(
  await createAgreement({
    title: 'Created by a client',
    kind: 'agreement',
    place: 'Kathmandu',
    parties: [{ country: 'NPL', role: 'party' }],
  }),
  201,
)
const sign = () =>
  updateAgreement(created.id, { status: 'signed' }, { headers: { 'If-Match': `"${created.version}"` } })
const patched = dataOf(await sign(), 200)

// Update it again with the old version: 412.
const again = await sign()
const stale = dataOf(again, 412)

// Clear a property with null.
const clearing = { headers: { 'If-Match': `"${patched.version}"` } }
const cleared = dataOf(await updateAgreement(created.id, { place: null }, clearing), 200)

// Delete the agreement.
const removal = await deleteAgreement(created.id, { headers: { 'If-Match': `"${cleared.version}"` } })

// Search with a tree of conditions.
const found = dataOf(
  await searchAgreements({
    where: {
      or: [
        { country: { eq: 'PAK' } },
        { and: [{ signedOn: { gte: '2011-05' } }, { not: { country: { eq: 'USA' } } }] },
      ],
    },
    sort: [{ by: 'signedOn' }],
    limit: 25,
  }),
  200,
)

// Count by country.
const counted = dataOf(await aggregateAgreements({ groupBy: ['country'], 'signedOn[gte]': '2011' }), 200)

// Export to a file.
const file = dataOf(
  await exportAgreements({ format: 'csv', country: ['PAK'], fields: ['title', 'signedOn'] }),
  200,
)
const text = await file.text()
await writeFile('agreements.csv', text)

// Read the feed of changes.
const changes = dataOf(await listChanges({ resource: ['agreements'], limit: 3 }), 200)

// Create an invalid agreement, and read from the problem which property is wrong.
const refused = dataOf(
  await createAgreement({ title: 'Refused', kind: 'agreement', topics: ['no-such-topic'] }),
  422,
)

console.log(
  JSON.stringify({
    listed,
    read: read.signedOn,
    created: created.version,
    patched: patched.version,
    stale: [again.status, stale.type],
    cleared: [cleared.version, cleared.place],
    removed: removal.status,
    found: found.data.map(({ signedOn }) => signedOn),
    counted: Object.fromEntries(counted.data.map(({ key, measures }) => [key.country, measures.count])),
    exported: text.split('\r\n')[0],
    changes: changes.data.map(({ operation }) => operation),
    refused: refused.errors?.map(({ pointer }) => pointer),
  }),
)
