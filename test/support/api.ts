import { adminKey, openTestApp, type TestApp, type TestAppOptions } from './app.ts'
import { inlineComponents } from './inline-components.ts'
import { getPort } from './ports.ts'
import { type CheckResponse, responseCheck } from './responses.ts'
import { type RequestToSend, sendRequest } from './send-request.ts'
import { useOpened } from './use-opened.ts'

/** A response with its body. */
export interface HttpResponse {
  status: number
  headers: Headers
  text: string
  /** Parses the body as JSON. @throws if it is not JSON. */
  json<T = Record<string, unknown>>(): T
}

/** What a request sends besides its method and path. */
export interface RequestOptions {
  /** A value to send as JSON. Strings and bytes are sent unchanged. */
  body?: unknown
  headers?: Record<string, string>
  /** The API key to send; null for none. By default the administrator's key, and none with GET, HEAD and OPTIONS. */
  key?: string | null
}

/** A service with its own port and database. Its methods check every response against its OpenAPI document. */
export interface Api extends TestApp {
  origin: string
  /** The OpenAPI document as the service sends it. */
  served: unknown
  /** The same document with shared components inlined, except schemas. */
  document: Record<string, unknown>
  request(method: string, path: string, options?: RequestOptions): Promise<HttpResponse>
  get(path: string, options?: RequestOptions): Promise<HttpResponse>
  post(path: string, body: unknown, options?: RequestOptions): Promise<HttpResponse>
  /** Like `patch` and `delete`, sends `If-Match: *` by default, except for keys and imports, which have no versions. */
  put(path: string, body: unknown, options?: RequestOptions): Promise<HttpResponse>
  patch(path: string, body: unknown, options?: RequestOptions): Promise<HttpResponse>
  delete(path: string, options?: RequestOptions): Promise<HttpResponse>
}

const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array

function requestInit(method: string, { body, headers = {}, key }: RequestOptions): RequestToSend {
  const defaultKey = ['GET', 'HEAD', 'OPTIONS'].includes(method) ? null : adminKey
  const sentKey = key === undefined ? defaultKey : key
  const defaultType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  return {
    method,
    headers: {
      // A compressed response has another ETag than the record.
      'accept-encoding': 'identity',
      ...(sentKey !== null && { authorization: `Bearer ${sentKey}` }),
      ...(body !== undefined && { 'content-type': defaultType }),
      ...headers,
    },
    ...(body !== undefined && { body: isRaw(body) ? body : JSON.stringify(body) }),
  }
}

const selectsFields = (path: string, body: unknown) =>
  /[?&]fields=/.test(path) || (typeof body === 'object' && body !== null && 'fields' in body)

/** The OpenAPI document that a service serves, and the check of responses against it. */
interface Contract {
  served: unknown
  document: Record<string, unknown>
  check: CheckResponse
}

/** All services serve the same document. Compiling its validators takes seconds, so each process loads it once. */
let contract: Promise<Contract> | undefined

async function loadContract(origin: string): Promise<Contract> {
  const served: unknown = await (await fetch(`${origin}/openapi.json`)).json()
  return { served, document: inlineComponents(served), check: responseCheck(served) }
}

/** Opens the service on a clone of the seeded template database, and listens. */
export async function startTestApi(options: TestAppOptions = {}): Promise<Api> {
  const test = await openTestApp(options)
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  const port = getPort(test.app.server)
  const origin = `http://127.0.0.1:${port}`
  contract ??= loadContract(origin)
  const { served, document, check } = await contract

  const request: Api['request'] = async (method, path, options = {}) => {
    const { status, headers, text } = await sendRequest(`${origin}${path}`, requestInit(method, options))
    check({
      method,
      url: path,
      status,
      contentType: headers.get('content-type'),
      body: text,
      records: selectsFields(path, options.body) ? 'sparse' : 'whole',
    })
    return { status, headers, text, json: () => JSON.parse(text) }
  }
  const withIfMatch = (path: string, options: RequestOptions) => ({
    ...options,
    // Keys and imports have no versions.
    headers: { ...(!/^\/v1\/(keys|imports)\//.test(path) && { 'if-match': '*' }), ...options.headers },
  })
  return {
    ...test,
    origin,
    served,
    document,
    request,
    get: (path, options) => request('GET', path, options),
    post: (path, body, options) => request('POST', path, { ...options, body }),
    put: (path, body, options = {}) => request('PUT', path, { ...withIfMatch(path, options), body }),
    patch: (path, body, options = {}) => request('PATCH', path, { ...withIfMatch(path, options), body }),
    delete: (path, options = {}) => request('DELETE', path, withIfMatch(path, options)),
  }
}

/** Opens a service before the tests of the calling file or group, and closes it after them. */
export const useTestApi = (options?: TestAppOptions): Api => useOpened(() => startTestApi(options))

let shared: Promise<Api> | undefined

/**
 * Returns the service that all test files of a worker share, so that not every file opens its own service and database.
 * A file may use it if it changes only records that it has created, and does not depend on the records of other files.
 * The service is never closed: it ends with the worker, and the global teardown drops its database.
 */
export function sharedApi(): Promise<Api> {
  shared ??= startTestApi()
  return shared
}
