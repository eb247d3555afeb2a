import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The headers with the client's credentials, its position and its preferred language. */
const passedHeaders = [
  'authorization',
  'client-id',
  'entente-position',
  'cookie',
  'accept-language',
  'user-agent',
] as const

/** A response of the API to a read in this process. */
export interface ReadResponse {
  status: number
  contentType: string
  text: string
}

/** Returns those of the named headers that a request has. */
export const pickHeaders = ({ headers }: FastifyRequest, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )

/**
 * Reads the API as the client of a request: through the same plugins, so under the same access, visibility, limits and
 * cache. Each read costs its own units of the rate limit.
 * @param signal ends the read when it is aborted.
 * @param body of a POST that changes nothing, such as a search; a GET when left out.
 */
export async function readAs(
  app: FastifyInstance,
  request: FastifyRequest,
  path: string,
  signal: AbortSignal,
  body?: unknown,
): Promise<ReadResponse> {
  const headers = {
    ...pickHeaders(request, passedHeaders),
    host: request.host,
    'accept-encoding': 'identity',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const response = await app.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: path,
    headers,
    remoteAddress: request.ip,
    signal,
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
  return {
    status: response.statusCode,
    contentType: String(response.headers['content-type']),
    text: response.payload,
  }
}
