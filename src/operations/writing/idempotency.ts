import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Database, Transaction } from '../../database/database.ts'
import { findResponse, saveResponse, tryLock } from '../../database/idempotency-store.ts'
import { Problem } from '../../problems/problem.ts'
import type { ProblemType } from '../../problems/types.ts'
import type { ApiRequest, ApiResponse, HeaderContract, RequestHeader } from '../operation.ts'

/** Requests that may be sent again, and are done once (draft-ietf-httpapi-idempotency-key-header-07). */

/** Most characters of a key. */
const longest = 255

/** How long a request waits for another one with its key, and how often it looks; milliseconds. */
const patience = 2000
const firstPause = 10
const longestPause = 200

/** The header by which a client makes sure that a request which it repeats is done once. */
export const idempotencyKey: RequestHeader = {
  name: 'Idempotency-Key',
  presence: 'optional',
  description: `Names the request among all of the same sender, for 24 hours: sent again, it is answered as the first time and not done again. A text that nobody guesses, such as a UUID, of up to ${longest} printable ASCII characters, with quotes around it or without.`,
  example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
}

/** The header of an answer that was given before. */
export const replayedHeader: Record<string, HeaderContract> = {
  'idempotency-replayed': {
    description: 'Only on answers that are those of an earlier request with the same `Idempotency-Key`.',
    example: 'true',
  },
}

/** What can be wrong with a key, beside its form. */
export const idempotencyProblems: ProblemType[] = ['idempotency-key-reused', 'idempotency-key-in-use']

/** A string of structured fields (RFC 9651, section 3.3.3). */
const quotedForm = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/

/** What clients send without quotes: no white space, quotes or commas, by which two headers would be joined. */
const bareForm = /^[!#-+\--~]*$/

/** The key in a header; undefined without one. @throws Problem `malformed-request` when it is none. */
function keyIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = quotedForm.exec(header)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? bareForm.exec(header)?.[0]
  if (key !== undefined && key.length > 0 && key.length <= longest) return key
  const message =
    key === undefined
      ? 'must be one text of printable ASCII characters, in quotes if it has spaces, quotes or commas'
      : `has ${key.length} characters; it must have 1 to ${longest}`
  throw new Problem('malformed-request', 'The header Idempotency-Key cannot be read.', {
    errors: [{ header: 'Idempotency-Key', code: 'invalid', message }],
  })
}

const hashOf = (...parts: unknown[]) => createHash('sha256').update(JSON.stringify(parts)).digest('base64url')

/** All that makes two requests the same: where they are sent, and what they say. */
const fingerprintOf = ({ method, url, bodyType, headers, body }: ApiRequest) =>
  hashOf(method, url, bodyType, headers['if-match'], headers['change-reason'], body)

/** What is kept for a request with this key: the answer to it, if it has one. */
async function answeredOnce(
  transaction: Transaction,
  request: ApiRequest,
  key: string,
  work: (transaction: Transaction) => Promise<ApiResponse>,
  repetition: (answer: ApiResponse) => ApiResponse,
): Promise<ApiResponse | undefined> {
  const identity = hashOf(request.actor.kind, request.actor.id, key)
  const fingerprint = fingerprintOf(request)
  if (!(await tryLock(transaction, identity))) return undefined
  const first = await findResponse(transaction, identity)
  if (!first) {
    const answer = await work(transaction)
    const { status, headers, type = null, body = null } = repetition(answer)
    if (body !== null && typeof body !== 'string') throw new Error('a stream cannot be kept to be sent again')
    await saveResponse(transaction, identity, { fingerprint, status, headers, type, body })
    return answer
  }
  if (first.fingerprint !== fingerprint) {
    const message = 'is that of another request of yours: every request needs a key of its own'
    throw new Problem('idempotency-key-reused', 'The Idempotency-Key has been sent with another request.', {
      errors: [{ header: 'Idempotency-Key', code: 'reused', message }],
    })
  }
  const { status, headers, type, body } = first
  return {
    status,
    headers: { ...headers, 'idempotency-replayed': 'true' },
    ...(type !== null && { type }),
    ...(body !== null && { body }),
  }
}

/**
 * Does what a request asks in one transaction, and with an `Idempotency-Key` only once: what is answered is written in
 * that transaction, and whoever sends the request again gets it. What fails is not kept, so that it can be tried again.
 * A request that comes while another one with its key is being done waits for that, and keeps no connection meanwhile.
 * @param repetition what is answered to a repetition in place of the answer, where that must not be kept.
 * @throws what the work throws; Problem `malformed-request`, `idempotency-key-reused` or `idempotency-key-in-use`.
 */
export async function once(
  database: Database,
  request: ApiRequest,
  work: (transaction: Transaction) => Promise<ApiResponse>,
  repetition = (answer: ApiResponse): ApiResponse => answer,
): Promise<ApiResponse> {
  const key = keyIn(request.headers['idempotency-key'])
  if (key === undefined) return database.transaction(work)
  const until = performance.now() + patience
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const answer = await database.transaction((transaction) =>
      answeredOnce(transaction, request, key, work, repetition),
    )
    if (answer) return answer
    if (performance.now() > until) {
      const detail = 'A request with this Idempotency-Key is still being done. Send it again a little later.'
      throw new Problem('idempotency-key-in-use', detail, { headers: { 'retry-after': '1' } })
    }
    await delay(pause)
  }
}
