import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../../database/clock.ts'
import type { Keyring } from '../../../database/keyring.ts'
import { hashKey, keyPattern, type Role } from '../../../database/keys.ts'
import { roles } from '../../../database/vocabularies.ts'
import type { Access, Actor } from '../../../operations/operation.ts'
import { Problem } from '../../../problems/problem.ts'
import type { FailureState } from './failure-limit.ts'

const digest = (text: string) => hash('sha256', text, 'buffer')

const challenge = (error?: string) => `Bearer realm="entente"${error ? `, error="${error}"` : ''}`

/** Returns the problem for a request without valid credentials (RFC 6750). */
export function unauthorized(detail: string, error?: string): Problem {
  return new Problem('unauthorized', detail, {
    headers: { 'www-authenticate': challenge(error) },
    errors: [{ header: 'Authorization', code: error ?? 'required', message: detail }],
  })
}

/** The lowest role for each access, and the words for the access in a sentence. */
const requirements: Record<Access, { role: Role; work: string }> = {
  read: { role: 'reader', work: 'read' },
  write: { role: 'editor', work: 'write, or to read imports' },
  admin: { role: 'admin', work: 'manage keys or redact' },
}

const allows = (role: Role | null, access: Access) =>
  role !== null && roles.indexOf(role) >= roles.indexOf(requirements[access].role)

function forbidden(actor: Actor, access: Access): Problem {
  const { role, work } = requirements[access]
  const has = actor.role === null ? 'no role here' : `the role ${actor.role}`
  return new Problem('forbidden', `To ${work}, the role ${role} is needed; you have ${has}.`, {
    headers: { 'www-authenticate': challenge('insufficient_scope') },
  })
}

/** The actor of a request without key or token. */
export const anonymous: Actor = { kind: 'anonymous', id: null, name: null, role: null }

/** The actor of a request with the administrator's key. */
export const administrator: Actor = { kind: 'key', id: 'ADMIN_KEY', name: 'ADMIN_KEY', role: 'admin' }

/**
 * Finds the actor of a token of the OpenID Connect issuer.
 * @throws Problem `unauthorized` when the token is not trusted, and `unavailable` when the issuer's keys cannot be fetched; the error
 * of the database when its time cannot be read.
 */
export type VerifyToken = (token: string) => Promise<Actor>

/** What the credentials of requests are checked against. */
export interface AuthenticatorOptions {
  /** The administrator's key from `ADMIN_KEY` or from the first start. */
  adminKey: string | undefined
  keyring: Pick<Keyring, 'find' | 'recordUse'>
  /** The clock for the expiry of keys. */
  clock: Clock
  /** Undefined when no OpenID Connect issuer is trusted. */
  verifyToken: VerifyToken | undefined
}

async function findKeyActor(
  key: string,
  { keyring, clock }: Pick<AuthenticatorOptions, 'keyring' | 'clock'>,
  mayLookUp: boolean,
): Promise<Actor> {
  // The key is random, so the duration of this look-up tells an attacker nothing.
  const found = keyPattern.test(key) ? await keyring.find(hashKey(key), mayLookUp) : undefined
  if (!found) throw unauthorized('The key is not known here.', 'invalid_token')
  if (found.revokedAt) throw unauthorized('The key has been revoked.', 'invalid_token')
  if (found.expiresAt && found.expiresAt <= (await clock.now())) {
    throw unauthorized('The key has expired.', 'invalid_token')
  }
  keyring.recordUse(found.id)
  return { kind: 'key', id: found.id, name: found.name, role: found.role }
}

/** Finds the actor of an `Authorization` header. `failures` says what earlier failures from the same address have led to. */
type Authenticate = (authorization: string, failures: FailureState) => Promise<Actor>

/** The form of a JWT: three parts in base64url. */
const tokenPattern = /^[\w-]+\.[\w-]*\.[\w-]*$/

/**
 * Returns the function that finds the actor of an `Authorization` header (RFC 6750). The function throws Problem
 * `unauthorized` for a malformed header and for a wrong key or token, even if anonymous clients may use the route: the client
 * expects to be authenticated. If the database or the issuer does not answer, the function throws another error.
 */
export function createAuthenticator({
  adminKey,
  keyring,
  clock,
  verifyToken,
}: AuthenticatorOptions): Authenticate {
  const adminDigest = adminKey === undefined ? undefined : digest(adminKey)

  return async (authorization, { isLimited, mayCompareAdminKey }) => {
    const [, key] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization) ?? []
    if (key === undefined)
      throw unauthorized('The header must be Authorization: Bearer <key>.', 'invalid_request')
    if (adminDigest && mayCompareAdminKey && timingSafeEqual(digest(key), adminDigest)) return administrator
    // Signatures and keys with 256 random bits cannot be guessed, so they are checked after any number of failures.
    // After too many failures, however, an unknown key is not looked up in the database while all keys are cached.
    if (verifyToken && tokenPattern.test(key)) return verifyToken(key)
    return findKeyActor(key, { keyring, clock }, !isLimited)
  }
}

/**
 * Checks that an actor's role allows the access.
 * @throws Problem `unauthorized` for an anonymous actor, and `forbidden` for one whose role is too low.
 */
export function requireAccess(actor: Actor, access: Access, publicRead: boolean): void {
  if ((access === 'read' && publicRead) || allows(actor.role, access)) return
  if (actor.kind !== 'anonymous') throw forbidden(actor, access)
  throw unauthorized(`A key is needed to ${requirements[access].work}: send Authorization: Bearer <key>.`)
}
