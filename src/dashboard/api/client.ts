import { currentKey, endSession } from '../session.ts'

/** One error in a request: an entry of `errors` in problem details (RFC 9457). */
export interface Fault {
  /** JSON pointer (RFC 6901) into the body; absent for faults in parameters. */
  pointer?: string
  /** Name of the query or path parameter. */
  parameter?: string
  code: string
  /** The limit that a value violates: a minimum or a maximum. */
  limit?: number
  message: string
  /** The label of the field, if it differs from the name of the property. Only faults that the dashboard finds have it. */
  label?: string
  /** Whether the user has changed the field since. Its input no longer shows the fault. */
  isOutdated?: boolean
}

/**
 * The error of a request that got an error response, or no usable response. Its message is the text of the service. An error that
 * the dashboard itself makes, such as one with the status 0, may have an empty message: the dashboard then shows a text for the
 * status or the type.
 */
export class ApiError extends Error {
  /** The HTTP status; 0 when there was no response, or when a successful response was incomplete or not JSON. */
  readonly status: number
  /** The name of the problem type, such as `not-found`; empty when the response is not problem details. */
  readonly type: string
  /** All faults in the response, except those of headers. */
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

/** Returns an `ApiError` unchanged. Any other thrown value becomes an `ApiError` with the status 0. */
export const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : new ApiError(0, String(error))

/** Whether a retry may succeed. A request with an invalid filter, for example, would fail again. */
export const isRetryable = ({ status }: ApiError): boolean =>
  status === 0 || status === 408 || status === 429 || status >= 500

interface Problem {
  type?: string
  title?: string
  detail?: string
  errors?: (Fault & { header?: string })[]
}

/** Whether a body may be problem details, in which every property is optional. */
const mayBeProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null

async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined)
  const { type = '', detail, title, errors = [] }: Problem = mayBeProblem(body) ? body : {}
  return new ApiError(response.status, detail ?? title ?? `${response.status} ${response.statusText}`, {
    type: type.replace(/^\/problems\//, ''),
    // The detail states the faults of headers, too.
    faults: errors.filter(({ header }) => header === undefined),
    // The header is in seconds.
    retryAfterMs: (Number(response.headers.get('retry-after')) || 0) * 1000,
  })
}

/**
 * How far the browser's clock is ahead of the service's, in milliseconds: the minimum of all responses. A delayed response, or one
 * from a cache, makes it appear greater.
 */
let aheadMs = Number.POSITIVE_INFINITY

/**
 * Returns the current time by the clock of the service, as far as responses show it: a little early, and never in the future.
 * Before the first response, returns the time of the browser.
 */
export const serviceNow = (): Date => new Date(Date.now() - (Number.isFinite(aheadMs) ? aheadMs : 0))

/**
 * Sends a request, by default with the session's API key, if there is one. A 401 response to this key ends the session.
 * @throws ApiError for an error response, and with status 0 when there is no response; the reason of an aborted signal.
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
  const sentAt = Date.parse(response.headers.get('date') ?? '')
  if (!Number.isNaN(sentAt)) aheadMs = Math.min(aheadMs, Date.now() - sentAt)
  if (response.ok) return response
  if (response.status === 401 && key !== undefined && key === currentKey()) endSession('refused')
  throw await readProblem(response)
}

/**
 * Reads JSON from the API.
 * @param language language tag for names and labels in the response.
 * @param requireFresh whether the service must read the database (`no-cache`, RFC 9111). Otherwise, it may send a cached response
 * that has been stale for up to a minute, and then refresh it (`max-stale`).
 * @typeParam Body the type of the response in the OpenAPI document.
 * @throws ApiError for an error response, and with status 0 when there is no response or it is not JSON; the reason of an
 * aborted signal.
 */
export async function readApi<Body>(
  path: string,
  language: string,
  signal?: AbortSignal,
  requireFresh = false,
): Promise<Body> {
  const response = await sendRequest(path, {
    headers: {
      accept: 'application/json',
      'accept-language': language,
      'cache-control': requireFresh ? 'no-cache' : 'max-stale=60',
    },
    ...(signal && { signal }),
  })
  // A successful response that is not JSON comes from a proxy or a captive portal, not from the service.
  const body: unknown = await response.json().catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new ApiError(0, '')
  })
  // `Body` comes from the OpenAPI document, against which tests validate the responses of the service.
  return body as Body
}
