import type { ApiFetch } from '../../operations/api-fetch.ts'

/** A response of the API with an error status. The client of the reconciliation service gets the same response. */
export class ApiResponseError extends Error {
  readonly status: number
  readonly text: string

  constructor(status: number, text: string) {
    super('the API refused the request')
    this.status = status
    this.text = text
  }
}

/**
 * Sends a read request to the API and parses the JSON of the response.
 * @throws ApiResponseError for any other status than 200.
 */
export async function fetchJson<Body>(api: ApiFetch, path: string, body?: unknown): Promise<Body> {
  const { status, text } = await api(path, body)
  if (status !== 200) throw new ApiResponseError(status, text)
  // Tests check every response of the API against the OpenAPI document.
  return JSON.parse(text) as Body
}
