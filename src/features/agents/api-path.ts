import { hasDotSegment } from '../api-fetch.ts'

/** Values of query parameters by name. Undefined values are left out. */
export type Query = Record<string, string | number | undefined>

/**
 * Returns the path of an API request: `/v1/`, the segments, and the query string, in which commas are literal, since they
 * separate values.
 * @throws RefusedError for the segments `.` and `..`.
 */
export function apiPath(segments: readonly string[], query: Query): string {
  const path = `/v1/${segments.map(encodeURIComponent).join('/')}`
  if (hasDotSegment(path)) throw new RefusedError('A key cannot be "." or "..".')
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  const search = parameters.size > 0 ? `?${parameters}`.replaceAll('%2C', ',') : ''
  return `${path}${search}`
}

/** A tool sent no request because of its inputs. The message is a sentence for the model. */
export class RefusedError extends Error {}
