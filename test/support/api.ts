import type { AddressInfo } from 'node:net'
import { adminKey, openTestApp, type TestApp, type TestAppOptions } from './app.ts'
import { inPlace } from './openapi-in-place.ts'
import { type CheckResponse, responseCheck } from './responses.ts'

/** A response with its body. */
export interface HttpResponse {
  status: number
  headers: Headers
  text: string
  /** Parses the body as JSON. @throws if it is not JSON. */
  json<T = Record<string, unknown>>(): T
}

/** What a request may send besides its method and path. */
export interface RequestOptions {
  /** JSON to send; a string or bytes are sent as they are. */
  body?: unknown
  headers?: Record<string, string>
  /** The API key to send; null for none. By default, writes send the administrator's key. */
  key?: string | null
}

/** The service listening on a port of its own, over a database of its own; every response is checked against its OpenAPI document. */
export interface Api extends TestApp {
  origin: string
  /** Its OpenAPI document as it is served. */
  served: unknown
  /** The same, with shared parameters and responses in place. */
  document: Record<string, unknown>
  request(method: string, path: string, options?: RequestOptions): Promise<HttpResponse>
  get(path: string, options?: RequestOptions): Promise<HttpResponse>
  post(path: string, body: unknown, options?: RequestOptions): Promise<HttpResponse>
  /** The following methods send `If-Match: *` by default. */
  put(path: string, body: unknown, options?: RequestOptions): Promise<HttpResponse>
  patch(path: string, body: unknown, options?: RequestOptions): Promise<HttpResponse>
  delete(path: string, options?: RequestOptions): Promise<HttpResponse>
}

const raw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array

function initOf(method: string, { body, headers = {}, key }: RequestOptions): RequestInit {
  const usualKey = ['GET', 'HEAD', 'OPTIONS'].includes(method) ? null : adminKey
  const sentKey = key === undefined ? usualKey : key
  const usualType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  return {
    method,
    headers: {
      // Without compression, as curl, so that ETags are those of the records.
      'accept-encoding': 'identity',
      ...(sentKey !== null && { authorization: `Bearer ${sentKey}` }),
      ...(body !== undefined && { 'content-type': usualType }),
      ...headers,
    },
    ...(body !== undefined && { body: raw(body) ? body : JSON.stringify(body) }),
  }
}

const asksForFields = (path: string, body: unknown) =>
  /[?&]fields=/.test(path) || (typeof body === 'object' && body !== null && 'fields' in body)

/** The OpenAPI document that a service serves, and the check of responses against it. */
interface Contract {
  served: unknown
  document: Record<string, unknown>
  check: CheckResponse
}

/** All services serve the same document. Building and compiling it takes seconds, so each process does it once. */
let contract: Promise<Contract> | undefined

async function loadContract(origin: string): Promise<Contract> {
  const served: unknown = await (await fetch(`${origin}/openapi.json`)).json()
  return { served, document: inPlace(served), check: responseCheck(served) }
}

/** Opens the service on a clone of the seeded template database, and listens. */
export async function openApi(options: TestAppOptions = {}): Promise<Api> {
  const test = await openTestApp(options)
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  // A server that listens on TCP has an address with a port.
  const { port } = test.app.server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  contract ??= loadContract(origin)
  const { served, document, check } = await contract

  const request: Api['request'] = async (method, path, options = {}) => {
    const response = await fetch(`${origin}${path}`, initOf(method, options))
    const text = await response.text()
    check({
      method,
      url: path,
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: text,
      records: asksForFields(path, options.body) ? 'sparse' : 'whole',
    })
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
  }
  const withIfMatch = (options: RequestOptions) => ({
    ...options,
    headers: { 'if-match': '*', ...options.headers },
  })
  return {
    ...test,
    origin,
    served,
    document,
    request,
    get: (path, options) => request('GET', path, options),
    post: (path, body, options) => request('POST', path, { ...options, body }),
    put: (path, body, options = {}) => request('PUT', path, { ...withIfMatch(options), body }),
    patch: (path, body, options = {}) => request('PATCH', path, { ...withIfMatch(options), body }),
    delete: (path, options = {}) => request('DELETE', path, withIfMatch(options)),
  }
}

let shared: Promise<Api> | undefined

/**
 * Returns the service that all test files of a worker share. It saves a database and a service for each file. A file may
 * use it when it changes only records that it has created, and expects nothing of the records that others create. It is
 * never closed: it ends with the worker, and the run drops its database.
 */
export function sharedApi(): Promise<Api> {
  shared ??= openApi()
  return shared
}
