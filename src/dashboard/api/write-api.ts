import { noteWrite } from '../session.ts'
import { sendRequest } from './client.ts'
import type { RecordDocument } from './types.ts'

/** The body and headers of a write. */
interface Write {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  /** The version that was read, for `If-Match`. */
  version?: number
  /** The reason for the history. */
  reason?: string
}

/** Headers take bytes, and the service reads those of a reason as UTF-8. */
const utf8Header = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text.trim()))

/**
 * Writes to the API, and makes every view read again.
 * @returns the response, for its body and status.
 * @throws ApiError with every fault.
 */
export async function writeApi(
  path: string,
  { method, body, version, reason = '' }: Write,
): Promise<Response> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  const response = await sendRequest(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': type }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
      ...(reason.trim() !== '' && { 'change-reason': utf8Header(reason) }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  noteWrite()
  return response
}

/** Parses the record in the response to a write. */
export const writtenRecord = async (response: Response): Promise<RecordDocument> =>
  // The service validates its responses against the OpenAPI document in its tests.
  (await response.json()) as RecordDocument

/** The path of a record in the API. */
export const apiRecordPath = (resource: string, key: string): string =>
  `/v1/${resource}/${encodeURIComponent(key)}`
