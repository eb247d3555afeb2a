import { type ApiFetch, fetchJson } from '../api-fetch.ts'
import type { EntityId } from './ids.ts'

/** Names of records by resource and key. */
export type Names = Record<string, Record<string, string>>

/** A record with the names of the records that it refers to. */
export type NamedRecord = Record<string, unknown> & { names?: Names }

/** Reads a record. @throws ApiResponseError when the API refuses the request, such as for an unknown record. */
export const readNamedRecord = (api: ApiFetch, { resource, key }: EntityId): Promise<NamedRecord> =>
  fetchJson(api, `/v1/${resource}/${encodeURIComponent(key)}?include=names`)
