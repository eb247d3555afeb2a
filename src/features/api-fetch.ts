/** A response of the API to a request that the service sends for a client. */
export interface FetchedResponse {
  status: number
  contentType: string
  /** The headers `WWW-Authenticate` and `Retry-After` that the response has. */
  refusalHeaders: Record<string, string>
  /** The body as text: JSON, or problem details (RFC 9457). */
  text: string
}

/**
 * Sends a read request to the API for a client, with the client's key and limits. It sends GET, or POST when there is a
 * `body`, which is sent as JSON.
 */
export type ApiFetch = (path: string, body?: unknown) => Promise<FetchedResponse>

/**
 * Thrown when the API responds with a status other than 200. No general handler sends this response to the client, so callers must
 * catch the error. Plugins send the response with `forwardResponse` (`server/read-as.ts`).
 */
export class ApiResponseError extends Error {
  readonly response: FetchedResponse

  constructor(path: string, response: FetchedResponse) {
    super(`the API responded with ${response.status} to ${path}`)
    this.response = response
  }
}

/** Sends a read request to the API and returns the body of the response. @throws ApiResponseError for any status other than 200. */
export async function fetchText(api: ApiFetch, path: string, body?: unknown): Promise<string> {
  const response = await api(path, body)
  if (response.status !== 200) throw new ApiResponseError(path, response)
  return response.text
}

/**
 * Sends a read request to the API and parses the JSON of the response.
 * @throws ApiResponseError for any status other than 200.
 */
export async function fetchJson<Body>(api: ApiFetch, path: string, body?: unknown): Promise<Body> {
  // Not validated here: tests check every response of the API against the OpenAPI document.
  return JSON.parse(await fetchText(api, path, body)) as Body
}

/** Whether a path has a segment `.` or `..`, which would lead to another path. Percent-encoding the dots would not help. */
export const hasDotSegment = (path: string): boolean => /\/\.\.?(?=\/|\?|$)/.test(path)
