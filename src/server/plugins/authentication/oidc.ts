import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  jwtVerify,
  type RemoteJWKSet,
} from 'jose'
import { z } from 'zod'
import type { Role } from '../../../database/keys.ts'
import { roles } from '../../../database/vocabularies.ts'
import { Problem } from '../../../problems/problem.ts'
import { unauthorized, type VerifyToken } from './authenticate.ts'

/** Whose tokens are trusted, and what is read out of them. */
export interface Issuer {
  /** Its identifier, exactly as it stands in `iss`. */
  issuer: string
  /** What must be in `aud`. */
  audience: string
  /** Name of the claim with the roles, or the way to it, with dots between (`realm_access.roles`). */
  roleClaim: string
}

/** Signatures by key pairs only: a shared secret could be the public key, taken for one. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** How far clocks may differ, in seconds. */
const clockTolerance = 30

/** How long keys are used, how often unknown ones are looked for, how long an issuer may take; milliseconds. */
const keysFor = 600_000
const lookAgainAfter = 5_000
const patience = 5_000

/** How long an issuer that did not answer is left alone, in milliseconds. */
const pause = 1_000

type Fetch = (url: string, options: RequestInit) => Promise<Response>

/** Fetches, but not while the last failure is fresh: tokens arrive faster than an issuer recovers. */
function fetchWithPauses(): Fetch {
  let pausedUntil = 0
  return async (url, options) => {
    if (Date.now() < pausedUntil) throw new Error('the issuer has not answered a moment ago')
    try {
      const answer = await fetch(url, options)
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
      return answer
    } catch (error) {
      pausedUntil = Date.now() + pause
      throw error
    }
  }
}

/** Finds an issuer's keys (OpenID Connect Discovery 1.0, section 4). */
async function discover(issuer: string, get: Fetch): Promise<RemoteJWKSet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await get(url, { redirect: 'error', signal: AbortSignal.timeout(patience) })
  const secure = issuer.startsWith('https:')
  const metadata = z.object({
    issuer: z.literal(issuer),
    jwks_uri: z.url({ protocol: secure ? /^https$/ : /^https?$/ }),
  })
  const { jwks_uri } = metadata.parse(await answer.json())
  return createRemoteJWKSet(new URL(jwks_uri), {
    cooldownDuration: lookAgainAfter,
    cacheMaxAge: keysFor,
    timeoutDuration: patience,
    [customFetch]: get,
  })
}

/** Whether it is the token's fault that no key could be found for it. */
const isTokensFault = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

/** The issuer's key for a token. @throws Problem `unavailable` when keys can't be had. */
function keysOf(
  issuer: string,
): RemoteJWKSet extends (...of: infer Of) => infer Key ? (...of: Of) => Key : never {
  const get = fetchWithPauses()
  let keys: RemoteJWKSet | undefined
  let discovering: Promise<RemoteJWKSet> | undefined
  const discovered = async () => {
    discovering ??= discover(issuer, get).finally(() => {
      discovering = undefined
    })
    keys = await discovering
    return keys
  }
  return async (header, token) => {
    try {
      return await (keys ?? (await discovered()))(header, token)
    } catch (error) {
      if (isTokensFault(error)) throw error
      // It may have moved its keys. Those that are known stay good for their time.
      if (!keys?.fresh) keys = undefined
      const detail = 'The keys of the issuer of access tokens cannot be had at the moment.'
      throw new Problem('unavailable', detail, { cause: error, headers: { 'retry-after': '2' } })
    }
  }
}

/** Refuses what the header of an access token has no reason to say (RFC 8725, sections 3.10 and 3.11). */
function checkHeader(header: JWTHeaderParameters): void {
  const [brought] = ['jwk', 'jku', 'x5u'].filter((name) => Object.hasOwn(header, name))
  if (brought) throw new errors.JWTInvalid(`it brings its own key ("${brought}")`)
  const type = header.typ?.toLowerCase().replace(/^application\//, '') ?? 'jwt'
  if (!['jwt', 'at+jwt'].includes(type)) throw new errors.JWTInvalid('its "typ" is not JWT or at+jwt')
}

/** The value at a claim's name, or at the end of the way that the name is. */
function claimAt(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name]
  return name
    .split('.')
    .reduce<unknown>(
      (value, step) => (Object.hasOwn(Object(value), step) ? Object(value)[step] : undefined),
      payload,
    )
}

/** The highest role that a claim has: a word, words with spaces between, or a list of words. Others are passed over. */
function roleIn(claim: unknown): Role | null {
  const words: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return [...roles].reverse().find((role) => words.includes(role)) ?? null
}

const nameIn = ({ name, preferred_username: user }: JWTPayload): string | null =>
  [name, user]
    .find((text) => typeof text === 'string' && text !== '')
    ?.toString()
    .slice(0, 200) ?? null

function refused(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof errors.JWTExpired) return unauthorized('The token has expired.', 'invalid_token')
  // What the library says names claims and algorithms, and repeats nothing of the token's.
  const why = error instanceof errors.JOSEError ? error.message : 'it cannot be verified'
  return unauthorized(`The token is not trusted: ${why}.`, 'invalid_token')
}

/**
 * Makes the check of tokens of an OpenID Connect issuer: JWTs that it has signed for this registry and that are in
 * force. Its keys are fetched when the first token comes, and again when a token names a new one.
 */
export function trustIssuer({ issuer, audience, roleClaim }: Issuer): VerifyToken {
  const keys = keysOf(issuer)
  return async (token) => {
    try {
      const { payload } = await jwtVerify(
        token,
        (header, jws) => {
          checkHeader(header)
          return keys(header, jws)
        },
        { issuer, audience, algorithms, clockTolerance, requiredClaims: ['exp', 'sub'] },
      )
      const { sub = '', iat = 0 } = payload
      if (iat > Date.now() / 1000 + clockTolerance) throw new errors.JWTInvalid('its "iat" is in the future')
      return { kind: 'oidc', id: sub, name: nameIn(payload), role: roleIn(claimAt(payload, roleClaim)) }
    } catch (error) {
      throw refused(error)
    }
  }
}
