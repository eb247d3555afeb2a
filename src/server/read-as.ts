import { setMaxListeners } from 'node:events'
import type { FastifyInstance, FastifyReply, FastifyRequest, LightMyRequestResponse } from 'fastify'
import type { ApiFetch, FetchedResponse } from '../features/api-fetch.ts'
import { clientAddress } from './plugins/client/addresses.ts'
import { disconnectedProblem } from './plugins/response-cache/audience.ts'

/** Headers that are copied from the client's request. */
const copiedHeaders = [
  'host',
  'authorization',
  'client-id',
  'entente-position',
  'cookie',
  'accept-language',
  'user-agent',
] as const

/** Headers of a refusal that say how the client can succeed: with a key, or later. */
const refusalHeaderNames = ['www-authenticate', 'retry-after'] as const

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
  // Each read by `readAs` adds a listener, and one client may cause many. Node.js would warn of a leak.
  setMaxListeners(0, controller.signal)
  const abort = () => controller.abort(disconnectedProblem())
  if (raw.destroyed) abort()
  else raw.once('close', abort)
  return controller.signal
}

/**
 * Returns a function that reads the API as the client of a request, through the same plugins: with the same access, visibility,
 * limits and cache. Each read costs units of the rate limit. Reads of a merged record return the record into which it was merged.
 * When the client has disconnected, reads are aborted, and the function throws the reason of the abort.
 */
export function readAs(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): ApiFetch {
  const signal = disconnectSignal(reply)
  const send = async (url: string, body: unknown) => {
    try {
      return await app.inject({
        method: body === undefined ? 'GET' : 'POST',
        url,
        headers: {
          ...pickHeaders(request, copiedHeaders),
          'accept-encoding': 'identity',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        remoteAddress: clientAddress(request),
        signal,
        ...(body !== undefined && { payload: JSON.stringify(body) }),
      })
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }
  return async (path, body) => {
    const first = await send(path, body)
    // A merged record redirects to the record that has replaced it. That record is not merged itself, so one redirect is enough.
    const { location } = first.headers
    const response =
      first.statusCode === 308 && typeof location === 'string' ? await send(location, body) : first
    // The read has also used up units of the rate limit.
    reply.headers(app.rateLimitHeaders?.(request) ?? {})
    return {
      status: response.statusCode,
      contentType: String(response.headers['content-type']),
      refusalHeaders: pickHeaders(response, refusalHeaderNames),
      text: response.payload,
    }
  }
}

/** Sends the API's response to a read to the client of the request. */
export const forwardResponse = (
  reply: FastifyReply,
  { status, contentType, refusalHeaders, text }: FetchedResponse,
): FastifyReply => reply.code(status).headers(refusalHeaders).type(contentType).send(text)
