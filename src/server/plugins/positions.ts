import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Freshness } from '../../database/database.ts'
import { laterPosition, type Position, parsePosition } from '../../database/replicas/position.ts'
import type { RequestHeader } from '../../operations/operation.ts'
import { headerProblem } from './http-conformance.ts'
import { ClientPositions, positionTtlMs } from './positions/client-positions.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The position of the last commit of the request. */
    lastCommit: Position | undefined
    /** A position that includes all commits that the last rolled-back transaction of the request has seen. */
    lastRollback: Position | undefined
  }
  interface FastifyInstance {
    /** The positions of clients' last writes, which replicas must have reached; undefined without replicas. */
    positions: Positions | undefined
  }
}

interface Positions {
  /** Returns the position that the client has sent in the header or the cookie. */
  readSent(request: FastifyRequest): Position | undefined
  /** Returns the latest known position of the client of a request. */
  findLatest(request: FastifyRequest): Position | undefined
  /**
   * Returns the freshness that the reads of a request require.
   * @param notBefore as in `Freshness`.
   * @param onReplica as in `Freshness`.
   */
  freshness(
    request: FastifyRequest,
    notBefore: number | undefined,
    onReplica: (asOf: number) => void,
  ): Freshness
  /** Stores the position of the request's last commit or rollback, and sends it to the client. */
  storeAndSend(request: FastifyRequest, reply: FastifyReply): void
}

/** The header of requests. Responses to changes have it, too. */
export const positionHeader: RequestHeader = {
  name: 'Entente-Position',
  description:
    'The value of this header from an earlier response. The new response includes all changes up to then, whichever process or replica sends it.',
  example: '1-3000148-Xr3c0e7A',
}

const { name } = positionHeader

/** The name of the cookie, and of the header in Node.js. */
const headerName = name.toLowerCase()

const cookiePattern = /(?:^|;\s*)entente-position=([\w-]+)/

/** The cookie by which browsers send the position. It expires when the service forgets the client. */
const cookie = (position: Position) =>
  `${headerName}=${position.text}; Max-Age=${positionTtlMs / 1000}; Path=/; HttpOnly; SameSite=Lax`

/** @throws Problem `malformed-request` when the header is not a position. */
function readHeader(request: FastifyRequest): Position | undefined {
  const text = request.headers[headerName]
  if (text === undefined) return undefined
  const position = parsePosition(String(text))
  if (position) return position
  throw headerProblem(name, `must be the ${name} of an earlier response, unchanged`)
}

/** Reads the cookie. A malformed one is ignored, because the service has not set it and the client cannot correct it. */
function readCookie({ headers }: FastifyRequest): Position | undefined {
  const [, text] = cookiePattern.exec(headers.cookie ?? '') ?? []
  return text === undefined ? undefined : parsePosition(text)
}

/** Provides `app.positions` if there are replicas, and refuses malformed positions. */
export const positions = fp(
  async function positions(app) {
    app.decorateRequest('lastCommit')
    app.decorateRequest('lastRollback')
    app.addHook('onRequest', (request, _reply, done) => {
      readHeader(request)
      done()
    })
    const { replicas } = app.database
    if (!replicas) {
      app.decorate('positions', undefined)
      return
    }
    const { maxAgeMs } = replicas.options
    const lastPositions = new ClientPositions()
    const readSent = (request: FastifyRequest) => laterPosition(readHeader(request), readCookie(request))
    const findLatest = (request: FastifyRequest) =>
      laterPosition(readSent(request), lastPositions.get(request.client.name))
    app.decorate('positions', {
      readSent,
      findLatest,
      freshness: (request, notBefore, onReplica) =>
        new Freshness({ position: findLatest(request), maxAgeMs, notBefore }, onReplica),
      storeAndSend(request, reply) {
        const { lastCommit, lastRollback, client } = request
        const position = laterPosition(lastCommit, lastRollback)
        if (!position) return
        lastPositions.set(client.name, position)
        // The position of a commit with an unknown outcome has no text.
        if (position.text !== '')
          reply.headers({ [headerName]: position.text, 'set-cookie': cookie(position) })
      },
    })
  },
  { name: 'positions', dependencies: ['database', 'client'] },
)
