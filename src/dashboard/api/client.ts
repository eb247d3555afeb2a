/** A request that the service refused, or that did not reach it. */
export class ApiError extends Error {
  /** The HTTP status; 0 when there was no response. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

interface Problem {
  title?: string
  detail?: string
}

const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null

async function readProblem(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined)
  const { detail, title }: Problem = isProblem(body) ? body : {}
  return detail ?? title ?? `${response.status} ${response.statusText}`
}

/**
 * Reads JSON from the API. A stored response of the last minute is good enough: the service then answers at once and
 * refreshes it (`max-stale`, RFC 9111).
 * @param language of names and labels.
 * @typeParam Body what the OpenAPI document says of the response.
 * @throws ApiError with the detail of the problem (RFC 9457).
 */
export async function readApi<Body>(path: string, language: string, signal: AbortSignal): Promise<Body> {
  const response = await fetch(path, {
    headers: { accept: 'application/json', 'accept-language': language, 'cache-control': 'max-stale=60' },
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new ApiError(0, '')
  })
  if (!response.ok) throw new ApiError(response.status, await readProblem(response))
  // A page of a proxy or of a network's login is no answer of the service.
  const body: unknown = await response.json().catch(() => {
    throw new ApiError(0, '')
  })
  // The service validates its responses against the OpenAPI document in its tests, and types come from there.
  return body as Body
}

/** Makes a path with a query string. Parameters without a value are left out; lists are separated by commas. */
export function apiPath(
  path: string,
  parameters: Readonly<Record<string, string | number | readonly string[] | undefined>> = {},
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === '') continue
    query.set(name, typeof value === 'object' ? value.join(',') : String(value))
  }
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}
