import { hash, timingSafeEqual } from 'node:crypto'
import type { Keyring } from '../../../database/keyring.ts'
import { hashOf, keyForm, type Role } from '../../../database/keys.ts'
import { roles } from '../../../database/vocabularies.ts'
import type { Access, Actor } from '../../../operations/operation.ts'
import { Problem } from '../../../problems/problem.ts'

const digest = (text: string) => hash('sha256', text, 'buffer')

const challenge = (error?: string) => `Bearer realm="entente"${error ? `, error="${error}"` : ''}`

/** The problem that nobody is known by what a request carries, or that it carries nothing (RFC 6750). */
export function unauthorized(detail: string, error?: string): Problem {
  return new Problem('unauthorized', detail, {
    headers: { 'www-authenticate': challenge(error) },
    errors: [{ header: 'Authorization', code: error ?? 'required', message: detail }],
  })
}

/** What each kind of access demands, and how it is called in a sentence. */
const demands: Record<Access, { role: Role; work: string }> = {
  read: { role: 'reader', work: 'read' },
  write: { role: 'editor', work: 'write' },
  admin: { role: 'admin', work: 'manage keys' },
}

const allows = (role: Role | null, access: Access) =>
  role !== null && roles.indexOf(role) >= roles.indexOf(demands[access].role)

function forbidden(actor: Actor, access: Access): Problem {
  const { role, work } = demands[access]
  const has = actor.role === null ? 'no role here' : `the role ${actor.role}`
  return new Problem('forbidden', `To ${work}, the role ${role} is needed; you have ${has}.`, {
    headers: { 'www-authenticate': challenge('insufficient_scope') },
  })
}

/** Somebody without key or token. */
export const anonymous: Actor = { kind: 'anonymous', id: null, name: null, role: null }

/** Reads who acts out of a token of an OpenID Connect issuer. @throws Problem when it can't be trusted. */
export type VerifyToken = (token: string) => Promise<Actor>

/** By what people are known. */
export interface Credentials {
  /** The first administrator's key. */
  adminKey: string | undefined
  keyring: Pick<Keyring, 'find' | 'use'>
  /** Undefined when no issuer is trusted. */
  verifyToken: VerifyToken | undefined
  /** Whether reading needs no key. */
  publicRead: boolean
}

/**
 * Says who acts, by the `Authorization` header (RFC 6750).
 * @throws Problem `unauthorized` for a header that is no good, even where none is needed, since somebody who sends one
 * wants to know; `forbidden` when the role is not enough for the access.
 */
export type Authorize = (authorization: string | undefined, access: Access) => Promise<Actor>

async function actorOfKey(key: string, keyring: Credentials['keyring']): Promise<Actor> {
  // The key is random, so that how long it takes to look up its hash tells nobody anything.
  const held = keyForm.test(key) ? await keyring.find(hashOf(key)) : undefined
  if (!held) throw unauthorized('The key is not known here.', 'invalid_token')
  if (held.revokedAt) throw unauthorized('The key has been revoked.', 'invalid_token')
  if (held.expiresAt && held.expiresAt.getTime() <= Date.now()) {
    throw unauthorized('The key has expired.', 'invalid_token')
  }
  keyring.use(held.id)
  return { kind: 'key', id: held.id, name: held.name, role: held.role }
}

const tokenForm = /^[\w-]+\.[\w-]*\.[\w-]*$/

/** Makes the check of who may do what. */
export function authorizeWith({ adminKey, keyring, verifyToken, publicRead }: Credentials): Authorize {
  const administrator: Actor = { kind: 'key', id: 'ADMIN_KEY', name: 'ADMIN_KEY', role: 'admin' }
  const expected = adminKey === undefined ? undefined : digest(adminKey)

  const identify = (authorization: string): Actor | Promise<Actor> => {
    const [, key] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization) ?? []
    if (key === undefined)
      throw unauthorized('The header must be Authorization: Bearer <key>.', 'invalid_request')
    if (expected && timingSafeEqual(digest(key), expected)) return administrator
    if (verifyToken && tokenForm.test(key)) return verifyToken(key)
    return actorOfKey(key, keyring)
  }

  return async (authorization, access) => {
    const open = access === 'read' && publicRead
    if (authorization === undefined) {
      if (open) return anonymous
      throw unauthorized(`A key is needed to ${demands[access].work}: send Authorization: Bearer <key>.`)
    }
    const actor = await identify(authorization)
    if (open || allows(actor.role, access)) return actor
    throw forbidden(actor, access)
  }
}
