import http from 'node:http'
import { z } from 'zod'

/** Where the service listens, and as whom a client asks it. */
export const targetSchema = z.strictObject({
  port: z.int(),
  /** The address from which the client connects. All of 127.0.0.0/8 is this machine on Linux. */
  localAddress: z.string(),
  key: z.string().optional(),
})

/** Where the service listens, and as whom a client asks it. */
export type Target = z.output<typeof targetSchema>

/** The service's address. */
export const host = '127.0.0.1'

/** A request of a client. */
export interface ClientRequest {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: Buffer | string
  /** Connections to use again. Without one, the request has a connection of its own. */
  agent?: http.Agent
}

/** Starts a request. Nothing is read of its response but what the caller reads. */
export function startRequest(
  { port, localAddress, key }: Target,
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

/** Resolves to the response of a request when its headers have arrived. Rejects when the connection is cut before. */
export function responseOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection that is cut later is an error too, which nobody waits for any more.
    request.on('error', reject)
    request.on('response', resolve)
  })
}
