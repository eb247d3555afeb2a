import type { ApiFetch, FetchedResponse } from '../../operations/api-fetch.ts'

/** A response of the API with an error status. The client of the reconciliation service gets the same response. */
export class ApiResponseError extends Error {
  readonly response: FetchedResponse

  constructor(response: FetchedResponse) {
    super('the API refused the request')
    this.response = response
  }
}

/**
 * Sends a read request to the API and parses the JSON of the response.
 * @throws ApiResponseError for any other status than 200.
 */
export async function fetchJson<Body>(api: ApiFetch, path: string, body?: unknown): Promise<Body> {
  const response = await api(path, body)
  if (response.status !== 200) throw new ApiResponseError(response)
  // Tests check every response of the API against the OpenAPI document.
  return JSON.parse(response.text) as Body
}
