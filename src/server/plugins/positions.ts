import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Freshness } from '../../database/database.ts'
import { later, type Position, parsePosition } from '../../database/replicas/position.ts'
import type { RequestHeader } from '../../operations/operation.ts'
import { Problem } from '../../problems/problem.ts'
import { ClientPositions, positionTtlMs } from './positions/client-positions.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The position of the last commit of the request. */
    committed: Position | undefined
  }
  interface FastifyInstance {
    /** The positions of clients' own writes, which replicas must have reached; undefined without replicas. */
    positions: Positions | undefined
  }
}

interface Positions {
  /** The position that a client sends, in the header or the cookie. */
  sent(request: FastifyRequest): Position | undefined
  /** The latest position that is known of the client of a request. */
  find(request: FastifyRequest): Position | undefined
  /**
   * The freshness that the reads of a request require.
   * @param notBefore as in `Freshness`, like `onReplica`.
   */
  freshness(
    request: FastifyRequest,
    notBefore: number | undefined,
    onReplica: (asOf: number) => void,
  ): Freshness
  /** Remembers the position of the request's commits, and sends it to the client. */
  send(request: FastifyRequest, reply: FastifyReply): void
}

/** The header of requests. Responses to changes have it, too. */
export const positionHeader: RequestHeader = {
  name: 'Entente-Position',
  presence: 'optional',
  description:
    'The header of the same name of an earlier answer, unchanged: the answer contains at least what had been written then, whichever process and replica makes it.',
  example: '1-3000148-Xr3c0e7A',
}

const { name } = positionHeader

/** The name of the header as Node.js has it, and of the cookie. */
const headerName = name.toLowerCase()

const cookieForm = /(?:^|;\s*)entente-position=([\w-]+)/

/** The cookie by which browsers send the position. It expires when the service forgets the client. */
const cookie = (position: Position) =>
  `${headerName}=${position.text}; Max-Age=${positionTtlMs / 1000}; Path=/; HttpOnly; SameSite=Lax`

/** @throws Problem `malformed-request` when the header is not a position. */
function readHeader(request: FastifyRequest): Position | undefined {
  const text = request.headers[headerName]
  if (text === undefined) return undefined
  const position = parsePosition(String(text))
  if (position) return position
  throw new Problem('malformed-request', `The header ${name} is not a position.`, {
    errors: [
      {
        header: name,
        code: 'invalid',
        message: `must be the ${name} of an earlier answer, unchanged`,
      },
    ],
  })
}

/** A cookie that is not a position was not set by this service, and the client cannot correct it, so it is ignored. */
function readCookie({ headers }: FastifyRequest): Position | undefined {
  const [, text] = cookieForm.exec(headers.cookie ?? '') ?? []
  return text === undefined ? undefined : parsePosition(text)
}

/** Provides `app.positions` where there are replicas, and refuses malformed positions. */
export const positions = fp(
  async function positions(app) {
    app.decorateRequest('committed')
    app.addHook('onRequest', (request, _reply, done) => {
      if (request.headers[headerName] !== undefined) readHeader(request)
      done()
    })
    const { replicas } = app.database
    if (!replicas) {
      app.decorate('positions', undefined)
      return
    }
    const { maxAgeMs } = replicas.options
    const remembered = new ClientPositions()
    const sent = (request: FastifyRequest) => later(readHeader(request), readCookie(request))
    const find = (request: FastifyRequest) => later(sent(request), remembered.get(request.client.name))
    app.decorate('positions', {
      sent,
      find,
      freshness: (request, notBefore, onReplica) =>
        new Freshness({ position: find(request), maxAgeMs, notBefore }, onReplica),
      send(request, reply) {
        const { committed, client } = request
        if (!committed) return
        remembered.set(client.name, committed)
        if (committed.text !== '')
          reply.headers({ [headerName]: committed.text, 'set-cookie': cookie(committed) })
      },
    })
  },
  { name: 'positions', dependencies: ['database', 'client'] },
)
