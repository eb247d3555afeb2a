import http from 'node:http'
import { z } from 'zod'

/** The port of the service, and the address and key of a client. */
export const senderSchema = z.strictObject({
  port: z.int(),
  /** The address from which the client connects. All of 127.0.0.0/8 is this machine on Linux. */
  localAddress: z.string(),
  key: z.string().optional(),
})

/** The port of the service, and the address and key of a client. */
export type Sender = z.output<typeof senderSchema>

/** The service's address. */
export const host = '127.0.0.1'

/** A request of a client. */
export interface ClientRequest {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: Buffer | string
  /** Reuses connections. Without it, the request opens a new connection. */
  agent?: http.Agent
}

/** Starts a request. The caller reads the response. */
export function startRequest(
  { port, localAddress, key }: Sender,
  { method = 'GET', path, headers, body, agent }: ClientRequest,
): http.ClientRequest {
  const request = http.request({
    host,
    port,
    localAddress,
    method,
    path,
    agent: agent ?? false,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
      }),
      ...headers,
    },
  })
  request.end(body)
  return request
}

/** Resolves to the response of a request when its headers have arrived. Rejects when the connection closes before that. */
export function waitForResponse(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    // The listener stays, because an error after the response would otherwise be uncaught.
    request.on('error', reject)
    request.on('response', resolve)
  })
}
