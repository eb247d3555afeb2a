import type { ApiFetch, FetchedResponse } from '../../operations/api-fetch.ts'

/**
 * Thrown when the API responds with a status other than 200. Unless a caller handles it, the client of the reconciliation
 * service gets this response.
 */
export class ApiResponseError extends Error {
  readonly response: FetchedResponse

  constructor(path: string, response: FetchedResponse) {
    super(`the API responded with ${response.status} to ${path}`)
    this.response = response
  }
}

/**
 * Sends a read request to the API and parses the JSON of the response.
 * @throws ApiResponseError for any status other than 200.
 */
export async function fetchJson<Body>(api: ApiFetch, path: string, body?: unknown): Promise<Body> {
  const response = await api(path, body)
  if (response.status !== 200) throw new ApiResponseError(path, response)
  // Not validated here: tests check every response of the API against the OpenAPI document.
  return JSON.parse(response.text) as Body
}
