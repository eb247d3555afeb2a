import type { RecordKey } from '../../model/keys.ts'
import { type ApiFetch, ApiResponseError, fetchJson } from '../api-fetch.ts'

/** Names of records by resource and key. */
export type Names = Record<string, Record<string, string>>

/** A record with the names of the records that it refers to. */
export type NamedRecord = Record<string, unknown> & { names?: Names }

/** Reads a record; undefined if there is none. @throws ApiResponseError when the API refuses the request, such as above a rate limit. */
export async function findNamedRecord(
  api: ApiFetch,
  { resource, key }: RecordKey,
): Promise<NamedRecord | undefined> {
  try {
    return await fetchJson(api, `/v1/${resource}/${encodeURIComponent(key)}?include=names`)
  } catch (error) {
    // The API answers 400 to a key that no record can have.
    if (error instanceof ApiResponseError && [400, 404].includes(error.response.status)) return undefined
    throw error
  }
}
