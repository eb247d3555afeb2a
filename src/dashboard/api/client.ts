import { currentKey, endSession } from '../session.ts'

/** What is wrong with one value of a request (RFC 9457). */
export interface Fault {
  /** JSON pointer (RFC 6901) into the body; left out for faults of headers and parameters. */
  pointer?: string
  /** Name of the query or path parameter. */
  parameter?: string
  code: string
  /** The limit that a value exceeds. */
  limit?: number
  message: string
}

/** A request that the service refused, or that did not reach it. */
export class ApiError extends Error {
  /** The HTTP status; 0 when there was no response. */
  readonly status: number
  /** The name of the problem type, such as `not-found`; empty when the response is no problem of the service. */
  readonly type: string
  /** Every fault that the service has found. */
  readonly faults: readonly Fault[]
  /** Milliseconds to wait before a retry (`Retry-After`, RFC 9110); 0 without the header. */
  readonly retryAfterMs: number

  constructor(
    status: number,
    message: string,
    {
      type = '',
      faults = [],
      retryAfterMs = 0,
    }: Partial<Pick<ApiError, 'type' | 'faults' | 'retryAfterMs'>> = {},
  ) {
    super(message)
    this.status = status
    this.type = type
    this.faults = faults
    this.retryAfterMs = retryAfterMs
  }
}

/** Converts an error response to an `ApiError`. */
export const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, String(error))

interface Problem {
  type?: string
  title?: string
  detail?: string
  errors?: Fault[]
}

const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null

async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined)
  const { type = '', detail, title, errors = [] }: Problem = isProblem(body) ? body : {}
  return new ApiError(response.status, detail ?? title ?? `${response.status} ${response.statusText}`, {
    type: type.replace(/^\/problems\//, ''),
    faults: errors,
    // The service says it in seconds.
    retryAfterMs: (Number(response.headers.get('retry-after')) || 0) * 1000,
  })
}

/**
 * Sends a request with the key of the session, if there is one.
 * @throws ApiError with the detail of the problem (RFC 9457). A key that the service does not take any more ends the session.
 */
export async function sendRequest(
  path: string,
  init: RequestInit & { headers?: Record<string, string> },
  key = currentKey(),
): Promise<Response> {
  const headers = { ...init.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
  const response = await fetch(path, { ...init, headers }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, '')
  })
  if (response.ok) return response
  if (response.status === 401 && key !== undefined && key === currentKey()) endSession('refused')
  throw await readProblem(response)
}

/**
 * Reads JSON from the API. A stored response of the last minute is good enough, unless it has to be fresh: the service then
 * answers at once and refreshes it (`max-stale`, RFC 9111).
 * @param language of names and labels.
 * @typeParam Body the type of the response in the OpenAPI document.
 * @throws ApiError with the detail of the problem (RFC 9457).
 */
export async function readApi<Body>(
  path: string,
  language: string,
  signal?: AbortSignal,
  isFresh = false,
): Promise<Body> {
  const response = await sendRequest(path, {
    headers: {
      accept: 'application/json',
      'accept-language': language,
      ...(!isFresh && { 'cache-control': 'max-stale=60' }),
    },
    ...(signal && { signal }),
  })
  // A page of a proxy or of a captive portal is not a response of the service.
  const body: unknown = await response.json().catch(() => {
    throw new ApiError(0, '')
  })
  // The service validates its responses against the OpenAPI document in its tests, and types come from there.
  return body as Body
}
