/** A response of the API. */
export interface ApiAnswer {
  status: number
  /** The body as text: JSON, or problem details (RFC 9457). */
  text: string
}

/** Sends a GET request to the API as the client of the agent does, with its key and under its limits. */
export type ReadApi = (path: string) => Promise<ApiAnswer>

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

/** The API has refused a request. */
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
 * @returns the text of the response.
 * @throws RefusedError for any other status than 200.
 */
export async function readJson(api: ReadApi, path: string): Promise<string> {
  const { status, text } = await api(path)
  if (status !== 200) throw new RefusedError(text)
  return text
}
