import { type ApiFetch, fetchText } from '../api-fetch.ts'

/**
 * Sends a read request to the API and parses the JSON of the response.
 * @throws ApiResponseError for any status other than 200.
 */
export async function fetchJson<Body>(api: ApiFetch, path: string, body?: unknown): Promise<Body> {
  // Not validated here: tests check every response of the API against the OpenAPI document.
  return JSON.parse(await fetchText(api, path, body)) as Body
}
