/** A response of the API to a request that the service sends for a client. */
export interface FetchedResponse {
  status: number
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

/** Whether a path has a segment `.` or `..`, which would lead to another path. Percent-encoding the dots would not help. */
export const hasDotSegment = (path: string): boolean => /\/\.\.?(?=\/|\?|$)/.test(path)
