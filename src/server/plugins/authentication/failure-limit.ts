import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { addressName, clientAddress } from '../client/addresses.ts'
import { maxCountedClients, rateLimitWindowMs } from '../rate-limit.ts'

/** What the failed authentications from the address of a request have led to. */
export interface FailureState {
  /** Whether the address has reached the limit: failures get 429, and no unknown key is looked up while all keys are cached. */
  isLimited: boolean
  /** Whether a credential may be compared with `ADMIN_KEY`. A person may have chosen this key, so it may be easy to guess. */
  mayCompareAdminKey: boolean
  /** Seconds until the limit ends. */
  seconds: number
}

/** Limits the failed authentications from an address per minute. */
export interface FailureLimit {
  read(request: FastifyRequest): Promise<FailureState>
  /** Counts a wrong credential as a failure. Also counts it as a guess, unless it is repeated, as by a client with an old key. */
  count(request: FastifyRequest, credential: string): Promise<void>
  /**
   * Records that the administrator's key was used from the address of a request. The address then has a higher limit of guesses,
   * so that other clients with the same address (NAT) cannot easily lock out the administrator.
   */
  trust(request: FastifyRequest): void
}

/** Factor of the limit of guesses for addresses that have used the administrator's key before. */
const trustedFactor = 30

/** The state of an address below the limit. */
export const notLimited: FailureState = { isLimited: false, mayCompareAdminKey: true, seconds: 0 }

/** Creates the limit. @param max maximum number of failures from an address per minute; 0 for no limit. */
export function createFailureLimit(app: FastifyInstance, max: number): FailureLimit {
  if (max === 0) return { read: async () => notLimited, count: async () => {}, trust: () => {} }
  const address = (request: FastifyRequest) => addressName(clientAddress(request))
  const failures = app.createRateLimit({ max, keyGenerator: address })
  const guesses = app.createRateLimit({ max: max * trustedFactor, keyGenerator: address })
  const wrongCredentials = new LRUCache<string, true>({ max: maxCountedClients, ttl: rateLimitWindowMs })
  const trustedAddresses = new LRUCache<string, true>({ max: maxCountedClients })

  const readCount = async (limiter: typeof failures, request: FastifyRequest) => {
    const state = await limiter(request, { increment: false })
    // `isAllowed` means that the client is in an allow list. There is none.
    return state.isAllowed
      ? { count: 0, seconds: 0 }
      : { count: state.max - state.remaining, seconds: state.ttlInSeconds }
  }
  return {
    read: async (request) => {
      const { count, seconds } = await readCount(failures, request)
      if (count < max) return notLimited
      const { count: guessed } = await readCount(guesses, request)
      const maxGuesses = trustedAddresses.get(address(request)) ? max * trustedFactor : max
      return { isLimited: true, mayCompareAdminKey: guessed < maxGuesses, seconds }
    },
    count: async (request, credential) => {
      await failures(request)
      const name = `${address(request)} ${hash('sha256', credential)}`
      if (wrongCredentials.get(name)) return
      wrongCredentials.set(name, true)
      await guesses(request)
    },
    trust: (request) => void trustedAddresses.set(address(request), true),
  }
}
