import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { answersOf, type CheckAnswer } from './answers.ts'
import { adminKey, openTestApp, type TestApp } from './app.ts'

/** An answer over HTTP, its body read. */
export interface HttpAnswer {
  status: number
  headers: Headers
  text: string
  /** The body as JSON. @throws when it is none. */
  json<T = Record<string, unknown>>(): T
}

export interface RequestOptions {
  /** JSON to send; a string or bytes are sent as they are. */
  body?: unknown
  headers?: Record<string, string>
  /** The key to send; null for none. Writes send the administrator's unless told otherwise. */
  key?: string | null
}

/** The service listening on a port of its own, over a database of its own; every answer is held to its document. */
export interface Api extends TestApp {
  origin: string
  document: Record<string, unknown>
  request(method: string, path: string, options?: RequestOptions): Promise<HttpAnswer>
  get(path: string, options?: RequestOptions): Promise<HttpAnswer>
  post(path: string, body: unknown, options?: RequestOptions): Promise<HttpAnswer>
  /** The following send `If-Match: *` unless told otherwise. */
  put(path: string, body: unknown, options?: RequestOptions): Promise<HttpAnswer>
  patch(path: string, body: unknown, options?: RequestOptions): Promise<HttpAnswer>
  delete(path: string, options?: RequestOptions): Promise<HttpAnswer>
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
      // As curl does, and unlike fetch; tags then are those of the records.
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

/** The OpenAPI document that a service serves, and the check of answers against it. */
interface Promised {
  document: Record<string, unknown>
  check: CheckAnswer
}

/** Every service serves the same document, which takes seconds to make and compile: once in a process is enough. */
let promised: Promise<Promised> | undefined

async function promisedBy(origin: string): Promise<Promised> {
  const document = z
    .record(z.string(), z.unknown())
    .parse(await (await fetch(`${origin}/openapi.json`)).json())
  return { document, check: answersOf(document) }
}

/** Opens the service on a clone of the seeded template; see `openTestApp` for `env` and `way`. */
export async function openApi(
  env: NodeJS.ProcessEnv = {},
  way?: (url: string) => string | Promise<string>,
): Promise<Api> {
  const test = await openTestApp(env, way)
  await test.app.listen({ port: 0, host: '127.0.0.1' })
  // A server that listens on TCP has an address with a port.
  const { port } = test.app.server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  promised ??= promisedBy(origin)
  const { document, check } = await promised

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
  const insisting = (options: RequestOptions) => ({
    ...options,
    headers: { 'if-match': '*', ...options.headers },
  })
  return {
    ...test,
    origin,
    document,
    request,
    get: (path, options) => request('GET', path, options),
    post: (path, body, options) => request('POST', path, { ...options, body }),
    put: (path, body, options = {}) => request('PUT', path, { ...insisting(options), body }),
    patch: (path, body, options = {}) => request('PATCH', path, { ...insisting(options), body }),
    delete: (path, options = {}) => request('DELETE', path, insisting(options)),
  }
}
