import { refetchViews } from '../session.ts'
import { ApiError, sendRequest } from './client.ts'

/** The method, body and headers of a write. */
export interface Write {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  /** The version of the record on which the write is based, sent as `If-Match`. */
  version?: number
  /** The same for each attempt to send the write, so that it is done once. */
  idempotencyKey?: string
  /** The reason for the change, which the record's history shows. */
  reason?: string
}

/** Controls and line separators, such as the tabs and vertical tabs in text that was copied from spreadsheets and slides. */
const controls = /[\p{Cc}\u2028\u2029]+/gu

/** Maximum length of a reason in characters, which is the limit of the service. */
const maxReasonLength = 500

/**
 * Returns a reason as the value of a header: in one line, without white space at its ends, and encoded as UTF-8, one character per
 * byte, as `fetch` requires. Controls and line separators become spaces, since a header cannot have them. The service decodes
 * reasons as UTF-8.
 * @throws ApiError for a reason that is too long, with the message of the service. The service itself refuses headers of more than
 * 16 KiB before it reads the reason.
 */
function reasonHeader(reason: string): string {
  // The service counts characters in the form NFC, too.
  const line = reason.replaceAll(controls, ' ').normalize('NFC').trim()
  const { length } = Array.from(line)
  if (length > maxReasonLength)
    throw new ApiError(
      400,
      `The header Change-Reason has ${length} characters; the limit is ${maxReasonLength}.`,
    )
  return String.fromCharCode(...new TextEncoder().encode(line))
}

/**
 * Writes to the API, and then has all views read their data again.
 * @returns the parsed body of the response; undefined if it is empty.
 * @throws ApiError for a reason that is too long; for an error response, with its faults except those of headers; and with status 0
 * when there is no response. Another error when the response is incomplete or not JSON. Without a complete response, the service may
 * have done the write.
 */
export async function writeApi(
  path: string,
  { method, body, version, idempotencyKey, reason = '' }: Write,
): Promise<unknown> {
  const header = reasonHeader(reason)
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const response = await sendRequest(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': type }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...(header !== '' && { 'change-reason': header }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  refetchViews()
  // Reads the body even if it is not used: until the whole body has been read, the browser does not reuse the connection.
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}

/** Returns a random `Idempotency-Key`. Works over plain HTTP, too, where browsers have no `crypto.randomUUID`. */
export const newIdempotencyKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
