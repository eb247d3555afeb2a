import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DatabaseClient, Transaction } from '../../database/database.ts'
import { findResponse, redactedFingerprint, saveResponse, tryLock } from '../../database/idempotency-store.ts'
import { Problem } from '../../problems/problem.ts'
import type { SpecificProblem } from '../../problems/types.ts'
import type { ApiRequest, ApiResponse, HeaderContract, RequestHeader } from '../operation.ts'
import { hashJson } from './json-hash.ts'

/** The `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-07). */

/** Maximum length of a key in characters. */
const maxKeyLength = 255

/** Maximum wait for another request with the same key, and the pauses between attempts. */
const waitTimeoutMs = 2000
const firstPauseMs = 10
const maxPauseMs = 200

/** A character in a string of structured fields (RFC 9651, section 3.3.3). Java and Ruby need the `\` before the first bracket. */
const quotedCharacter = String.raw`(?:[ !#-\[\]-~]|\\["\\])`
const quotedPattern = new RegExp(`^"(${quotedCharacter}*)"$`)

/** A character of a key without quotes: no white space, double quotes or commas, since a comma joins two headers. */
const bareCharacter = String.raw`[!#-+\--~]`
const barePattern = new RegExp(`^${bareCharacter}*$`)

/** Contract of `Idempotency-Key`: a request that is sent several times with the same key is run once. */
export const idempotencyKey: RequestHeader = {
  name: 'Idempotency-Key',
  description: `Identifies one request of its sender for 24 hours. A request repeated with its key is not run again and gets the stored response, with \`Idempotency-Replayed: true\`. A text that nobody can guess, such as a UUID: up to ${maxKeyLength} printable ASCII characters, in quotes or not.`,
  example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  pattern: `^("${quotedCharacter}{1,${maxKeyLength}}"|${bareCharacter}{1,${maxKeyLength}})$`,
}

/** Contract of the header that marks a replayed response. */
export const replayedHeaders: Record<string, HeaderContract> = {
  'idempotency-replayed': {
    description: 'Only on a stored response of an earlier request with the same `Idempotency-Key`.',
    example: 'true',
  },
}

/** Problems of a well-formed key. */
export const idempotencyProblems: SpecificProblem[] = ['idempotency-key-reused', 'idempotency-key-in-use']

/** Parses the header; undefined without one. @throws Problem `malformed-request` for an invalid key. */
function parseKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const key = quotedPattern.exec(header)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? barePattern.exec(header)?.[0]
  if (key !== undefined && key.length > 0 && key.length <= maxKeyLength) return key
  const message =
    key === undefined
      ? 'must be one text of printable ASCII characters, in double quotes if it has spaces, double quotes or commas'
      : `has ${key.length} characters; it must have 1 to ${maxKeyLength}`
  throw new Problem('malformed-request', 'The header Idempotency-Key is invalid.', {
    errors: [{ header: 'Idempotency-Key', code: 'invalid', message }],
  })
}

/** Hashes a key together with the actor, since each actor has separate keys. */
const hashKey = ({ actor }: ApiRequest, key: string) =>
  createHash('sha256')
    .update(JSON.stringify([actor.kind, actor.id, key]))
    .digest('base64url')

/** Hashes what must be equal in a repeated request: method, URL, `If-Match`, `Change-Reason` and body. */
const fingerprintRequest = ({ method, url, headers, body }: ApiRequest) =>
  hashJson([method, url, headers['if-match'], headers['change-reason'], body])

/**
 * Returns the stored response of an earlier request with the key; otherwise runs `work` and stores its response.
 * @returns undefined while another transaction holds the lock of the key.
 * @throws Problem `idempotency-key-reused` if the earlier request differs, or its response was redacted.
 */
async function replayOrRun(
  tx: Transaction,
  { identity, fingerprint }: { identity: string; fingerprint: string },
  work: (tx: Transaction) => Promise<ApiResponse>,
  toStoredResponse: (response: ApiResponse) => ApiResponse,
): Promise<ApiResponse | undefined> {
  if (!(await tryLock(tx, identity))) return undefined
  const first = await findResponse(tx, identity)
  if (!first) {
    const response = await work(tx)
    const { status, headers, type = null, body = null } = toStoredResponse(response)
    if (body !== null && typeof body !== 'string') throw new Error('a stored response must not be a stream')
    await saveResponse(tx, identity, { fingerprint, status, headers, type, body })
    return response
  }
  if (first.fingerprint === redactedFingerprint) {
    const detail =
      'The response to this Idempotency-Key was redacted, and the request is not run again. Read the records that it has changed.'
    throw new Problem('idempotency-key-reused', detail)
  }
  if (first.fingerprint !== fingerprint) {
    const message = 'was sent with another request: every request needs a separate key'
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
 * Runs `work` in one transaction, and with an `Idempotency-Key` only once. The same transaction stores the response, and
 * a repeated request gets the stored one. A failure is not stored, so the request can be retried. While another request
 * with the key runs, this one tries again for up to `waitTimeoutMs`, and holds no connection between the attempts.
 * @param toStoredResponse returns the response to store, if the original response must not be stored.
 * @throws the errors of `work`; Problem `malformed-request`, `idempotency-key-reused` or `idempotency-key-in-use`.
 */
export async function runOnce(
  database: DatabaseClient,
  request: ApiRequest,
  work: (tx: Transaction) => Promise<ApiResponse>,
  toStoredResponse = (response: ApiResponse): ApiResponse => response,
): Promise<ApiResponse> {
  const key = parseKey(request.headers['idempotency-key'])
  if (key === undefined) return database.transaction(work)
  const hashes = { identity: hashKey(request, key), fingerprint: await fingerprintRequest(request) }
  const giveUpAt = performance.now() + waitTimeoutMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    const response = await database.transaction((tx) => replayOrRun(tx, hashes, work, toStoredResponse))
    if (response) return response
    if (performance.now() > giveUpAt) {
      const detail = 'A request with this Idempotency-Key is still running. Send it again a little later.'
      throw new Problem('idempotency-key-in-use', detail, { headers: { 'retry-after': '1' } })
    }
    await delay(pauseMs)
  }
}
