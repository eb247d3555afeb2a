import { setMaxListeners } from 'node:events'
import type { FastifyInstance, FastifyReply, FastifyRequest, LightMyRequestResponse } from 'fastify'
import type { FetchedResponse } from '../operations/api-fetch.ts'
import { clientAddress } from './plugins/client/addresses.ts'
import { disconnectedProblem } from './plugins/response-cache/audience.ts'

/** Headers that are copied from the client's request. */
const copiedHeaders = [
  'authorization',
  'client-id',
  'entente-position',
  'cookie',
  'accept-language',
  'user-agent',
] as const

/** Headers of a refusal that say how the client can succeed: with a key, or later. */
const refusalHeaders = ['www-authenticate', 'retry-after'] as const

/** The API's response to a request that was made within the process. */
export interface ReadResponse extends FetchedResponse {
  contentType: string
}

/** Returns the headers with the given names that a request or a response has. */
export const pickHeaders = (
  { headers }: { headers: FastifyRequest['headers'] | LightMyRequestResponse['headers'] },
  names: readonly string[],
): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []
    }),
  )

/** Returns a signal that aborts when the client has disconnected, or the response has been sent. */
export function disconnectSignal({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const controller = new AbortController()
  // Each `readAs` adds a listener, and many reads may be made for one client. Node.js would warn of a leak.
  setMaxListeners(0, controller.signal)
  const abort = () => controller.abort(disconnectedProblem())
  if (raw.destroyed) abort()
  else raw.once('close', abort)
  return controller.signal
}

/**
 * Reads the API as the client of a request, through the same plugins: with the same access, visibility, limits and cache.
 * Each read costs units of the rate limit. Reads of a merged record return the record into which it was merged.
 * @param path the path and query of the URL.
 * @param signal aborts the read.
 * @param body of a POST request that changes nothing, such as a search. Without it, the request is a GET.
 * @throws the reason of `signal`.
 */
export async function readAs(
  app: FastifyInstance,
  request: FastifyRequest,
  path: string,
  signal: AbortSignal,
  body?: unknown,
): Promise<ReadResponse> {
  const headers = {
    ...pickHeaders(request, copiedHeaders),
    host: request.host,
    'accept-encoding': 'identity',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const send = async (url: string) => {
    try {
      return await app.inject({
        method: body === undefined ? 'GET' : 'POST',
        url,
        headers,
        remoteAddress: clientAddress(request),
        signal,
        ...(body !== undefined && { payload: JSON.stringify(body) }),
      })
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }
  const first = await send(path)
  // A merged record redirects to the record that has replaced it. That record is not merged itself, so one redirect is enough.
  const { location } = first.headers
  const response = first.statusCode === 308 && typeof location === 'string' ? await send(location) : first
  return {
    status: response.statusCode,
    contentType: String(response.headers['content-type']),
    refusalHeaders: pickHeaders(response, refusalHeaders),
    text: response.payload,
  }
}
