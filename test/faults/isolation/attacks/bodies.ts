import http from 'node:http'
import { joinUpTo } from '../../join-up-to.ts'
import { keepInFlight } from '../repetition.ts'
import type { ClientRequest } from '../sender.ts'
import { type Attack, discardBody, sendCounted } from './attack.ts'

/** Attacks with bodies of 1 or 2 MiB that have as many elements as possible. */

const MiB = 1024 * 1024

const search = '/v1/agreements/search'

/** Returns a body of at most `maxBytes`, like `joinUpTo`. */
const bodyUpTo = (begin: string, element: (index: number) => string, end: string, maxBytes = MiB): Buffer =>
  Buffer.from(joinUpTo(begin, element, end, maxBytes))

const post = (path: string, body: Buffer, type = 'application/json'): ClientRequest => ({
  method: 'POST',
  path,
  body,
  headers: { 'content-type': type },
})

const uuid = (index: number) => `"01933b5e-7c1a-7d4e-9f2b-${index.toString(16).padStart(12, '0')}"`

/** Requests that need no key. Their bodies consist of fields, unknown properties, ids, conditions and sort keys. */
const anonymousRequests = () => [
  post(
    search,
    bodyUpTo('{"fields":[', () => '"a"', ']}'),
  ),
  post(
    search,
    bodyUpTo('{"fields":[', (index) => `"f${index}"`, ']}'),
  ),
  post(
    search,
    bodyUpTo('{', (index) => `"p${index}":1`, '}'),
  ),
  post(search, bodyUpTo('{"where":{"id":{"in":[', uuid, ']}}}')),
  post(
    search,
    bodyUpTo('{"where":{"and":[', (index) => `{"p${index}":{}}`, ']}}'),
  ),
  post(
    search,
    bodyUpTo('{"sort":[', () => '{}', ']}'),
  ),
]

/** Requests that need an editor key. They have NDJSON lines, bulk operations, list entries and unknown properties. */
const editorRequests = () => [
  post('/v1/agreements/import', Buffer.from('1\n'.repeat(MiB)), 'application/x-ndjson'),
  post('/v1/agreements/import', Buffer.from('{"a":1,"a":1}\n'.repeat(MiB / 14)), 'application/x-ndjson'),
  post(
    '/v1/agreements/bulk',
    bodyUpTo('{"operations":[', () => '{}', ']}', 2 * MiB),
  ),
  post(
    '/v1/agreements',
    bodyUpTo('{"title":"x","topics":[', (index) => `"t${index}"`, ']}'),
  ),
  post(
    '/v1/agreements',
    bodyUpTo('{"title":"x","topics":[', () => '"energy"', ']}'),
  ),
  post(
    '/v1/agreements',
    bodyUpTo('{"title":"x","parties":[', () => '{}', ']}'),
  ),
  post(
    '/v1/agreements',
    bodyUpTo('{"title":"x",', (index) => `"p${index}":1`, '}'),
  ),
]

const sendInTurn =
  (makeRequests: () => ClientRequest[]): Attack =>
  (sender, counter) => {
    const requests = makeRequests()
    const agent = new http.Agent({ keepAlive: true })
    let sent = 0
    keepInFlight(4, 200, async () => {
      const request = requests[sent % requests.length] ?? { path: search }
      sent += 1
      await discardBody(await sendCounted(sender, counter, { ...request, agent }))
    })
  }

/** Keeps four searches with bodies of the maximum size in flight. */
export const largeSearches = sendInTurn(anonymousRequests)

/** Keeps four writes with large bodies in flight. */
export const largeWrites = sendInTurn(editorRequests)

/**
 * Sends searches whose properties are all invalid, and reads no body of a response. At most eight searches wait for the head of
 * their response.
 */
export const manyFaults: Attack = (sender, counter) => {
  const body = bodyUpTo('{', () => '"a":1', '}')
  keepInFlight(8, 500, async () => {
    const response = await sendCounted(sender, counter, post(search, body))
    // The body stays unread for 5 s, and then the client disconnects. Further searches start in the meantime.
    setTimeout(() => response.destroy(), 5000)
  })
}
