import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Access, Actor } from '../../operations/operation.ts'
import { Problem } from '../../problems/problem.ts'
import { type Authorize, anonymous } from './authentication/authenticate.ts'
import { addressOf, limitRequests } from './rate-limit.ts'

/** Lets a request in, or throws the Problem why not: who asks, whether they may, and how often they have. */
export type Admit = (request: FastifyRequest, reply: FastifyReply, access: Access) => Promise<void>

const actors = new WeakMap<FastifyRequest, Actor>()

/** Who asks; anonymous until the request has been let in. */
export const actorOf = (request: FastifyRequest): Actor => actors.get(request) ?? anonymous

function keyOf(request: FastifyRequest): string {
  const { kind, id } = actorOf(request)
  return kind === 'anonymous' ? addressOf(request) : `${kind} ${id}`
}

/** Routes whose requests are not counted here: those of endpoints, when it is known who asks, and what watches over the service. */
const uncounted = (route: string | undefined) =>
  route?.startsWith('/v1/') || route === '/healthz' || route === '/readyz' || route === '/metrics'

/**
 * Makes the admission of requests. Who is known counts by key or subject, all others by address, and those with wrong
 * keys are made to wait.
 * @param perMinute most requests a minute; 0 for any number.
 */
export async function admission(
  app: FastifyInstance,
  authorize: Authorize,
  perMinute: number,
): Promise<Admit> {
  const limits = await limitRequests(app, perMinute, keyOf)
  app.addHook('onRequest', (request, reply, done) => {
    if (uncounted(request.routeOptions.url)) return done()
    limits.count(request, reply).then(() => done(), done)
  })

  const known = async (request: FastifyRequest, access: Access): Promise<Actor> => {
    await limits.checkFailures(request)
    try {
      return await authorize(request.headers.authorization, access)
    } catch (error) {
      if (error instanceof Problem && error.type === 'unauthorized') await limits.countFailure(request)
      throw error
    }
  }
  return async (request, reply, access) => {
    const isKnown = request.headers.authorization !== undefined
    const actor = await (isKnown ? known(request, access) : authorize(undefined, access))
    if (actor !== anonymous) actors.set(request, actor)
    await limits.count(request, reply)
  }
}
