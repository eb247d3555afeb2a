import { type ApiFetch, hasDotSegment } from '../../operations/api-fetch.ts'

/** Values of query parameters by name. Undefined values are left out. */
export type Query = Record<string, string | number | undefined>

/**
 * Returns the path of an API request: `/v1/`, the segments, and the query string, in which commas are literal, since they
 * separate values.
 * @throws RefusedError for the segments `.` and `..`.
 */
export function pathOf(segments: readonly string[], query: Query): string {
  const path = `/v1/${segments.map(encodeURIComponent).join('/')}`
  if (hasDotSegment(path)) throw new RefusedError('A key cannot be "." or "..".')
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  const search = parameters.size > 0 ? `?${parameters}`.replaceAll('%2C', ',') : ''
  return `${path}${search}`
}

/** The API responded with an error status, or a tool sent no request because of its inputs. */
export class RefusedError extends Error {
  /** The body of the response, which is problem details as JSON, or a sentence. */
  readonly reason: string
  /** The seconds after which the API may accept the request, if the response says so. */
  readonly retryAfterSeconds: string | undefined

  constructor(reason: string, retryAfterSeconds?: string) {
    super('the request was refused')
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * Sends a read request to the API.
 * @param body body of a POST request that only reads; without a body, a GET request is sent.
 * @returns the text of the response.
 * @throws RefusedError for any status other than 200.
 */
export async function readText(api: ApiFetch, path: string, body?: unknown): Promise<string> {
  const { status, text, refusalHeaders } = await api(path, body)
  if (status !== 200) throw new RefusedError(text, refusalHeaders['retry-after'])
  return text
}
