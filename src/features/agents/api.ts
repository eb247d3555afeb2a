import type { ApiFetch } from '../../operations/api-fetch.ts'

/** Sends read requests to the API with the access rights of the agent's client. */
export type ReadApi = ApiFetch

/** A query: values by parameters. A parameter without a value is left out. */
export type Query = Record<string, string | number | undefined>

/** Returns a path with a query string. */
export function pathOf(segments: readonly string[], query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value))
  }
  const search = parameters.size > 0 ? `?${parameters}` : ''
  return `/v1/${segments.map(encodeURIComponent).join('/')}${search}`
}

/** The API responded with an error status. */
export class RefusedError extends Error {
  /** The body of the response. */
  readonly problem: string

  constructor(problem: string) {
    super('the API refused the request')
    this.problem = problem
  }
}

/**
 * Reads JSON from the API.
 * @param body of a POST that changes nothing; a GET when left out.
 * @returns the text of the response.
 * @throws RefusedError for any other status than 200.
 */
export async function readJson(api: ReadApi, path: string, body?: unknown): Promise<string> {
  const { status, text } = await api(path, body)
  if (status !== 200) throw new RefusedError(text)
  return text
}
