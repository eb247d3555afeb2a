/** A response of the API. */
export interface ApiAnswer {
  status: number
  /** The body as text: JSON, or problem details (RFC 9457). */
  text: string
}

/**
 * Asks the API as a client does, with its key and under its limits: by GET, or by POST with a JSON body where an operation
 * that changes nothing takes one.
 */
export type AskApi = (path: string, body?: unknown) => Promise<ApiAnswer>
