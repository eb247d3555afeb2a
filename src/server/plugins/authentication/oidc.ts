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
import type { Clock } from '../../../database/clock.ts'
import type { Role } from '../../../database/keys.ts'
import { roles } from '../../../database/vocabularies.ts'
import { Problem } from '../../../problems/problem.ts'
import { unauthorized, type VerifyToken } from './authenticate.ts'

/** A trusted OpenID Connect issuer. */
export interface Issuer {
  /** Its identifier, exactly as in the claim `iss`. */
  issuer: string
  /** The value that `aud` must contain. */
  audience: string
  /** The claim with the roles, or its path with dots (`realm_access.roles`). */
  roleClaim: string
}

/** Asymmetric signatures only: with a symmetric one, an attacker could sign with the public key as the secret. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** How far the clocks of issuer and service may differ. */
const clockToleranceSeconds = 30

/** How long the issuer's keys are cached. */
const keyMaxAgeMs = 600_000

/** Tokens with unknown keys make the service fetch the keys again, but not more often. */
const keyCooldownMs = 5_000

/** Timeout of a request to the issuer. */
const requestTimeoutMs = 5_000

/** Pause after a failed request to the issuer. */
const failurePauseMs = 1_000

type Fetch = (url: string, options: RequestInit) => Promise<Response>

/** Fetches, but pauses after a failure: tokens arrive faster than an issuer recovers. */
function pausingFetch(): Fetch {
  let pausedUntil = 0
  return async (url, options) => {
    if (Date.now() < pausedUntil) throw new Error('the last request to the issuer failed a moment ago')
    try {
      const response = await fetch(url, options)
      if (!response.ok) throw new Error(`${url} answered ${response.status}`)
      return response
    } catch (error) {
      pausedUntil = Date.now() + failurePauseMs
      throw error
    }
  }
}

/** Finds an issuer's keys (OpenID Connect Discovery 1.0, section 4). */
async function discover(issuer: string, get: Fetch): Promise<RemoteJWKSet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await get(url, { redirect: 'error', signal: AbortSignal.timeout(requestTimeoutMs) })
  const secure = issuer.startsWith('https:')
  const metadata = z.object({
    issuer: z.literal(issuer),
    jwks_uri: z.url({ protocol: secure ? /^https$/ : /^https?$/ }),
  })
  const { jwks_uri } = metadata.parse(await response.json())
  return createRemoteJWKSet(new URL(jwks_uri), {
    cooldownDuration: keyCooldownMs,
    cacheMaxAge: keyMaxAgeMs,
    timeoutDuration: requestTimeoutMs,
    [customFetch]: get,
  })
}

/** Whether no key was found because of the token, and not because of the issuer. */
const isTokensFault = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

/** Finds the issuer's key for a token. Throws Problem `unavailable` when the issuer's keys cannot be fetched. */
function keyFinder(
  issuer: string,
): RemoteJWKSet extends (...of: infer Of) => infer Key ? (...of: Of) => Key : never {
  const get = pausingFetch()
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
      // The issuer may have moved its keys. Those in memory stay valid until they are too old.
      if (!keys?.fresh) keys = undefined
      const detail = 'The keys of the issuer of access tokens cannot be had at the moment.'
      throw new Problem('unavailable', detail, { cause: error, headers: { 'retry-after': '2' } })
    }
  }
}

/** Refuses tokens that bring their own key, or are of another type (RFC 8725, sections 3.10 and 3.11). */
function checkHeader(header: JWTHeaderParameters): void {
  const [brought] = ['jwk', 'jku', 'x5u'].filter((name) => Object.hasOwn(header, name))
  if (brought) throw new errors.JWTInvalid(`it brings its own key ("${brought}")`)
  const type = header.typ?.toLowerCase().replace(/^application\//, '') ?? 'jwt'
  if (!['jwt', 'at+jwt'].includes(type)) throw new errors.JWTInvalid('its "typ" is not JWT or at+jwt')
}

/** The value of a claim, by its name or its path. */
function claimAt(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name]
  return name
    .split('.')
    .reduce<unknown>(
      (value, step) => (Object.hasOwn(Object(value), step) ? Object(value)[step] : undefined),
      payload,
    )
}

/** The highest known role in a claim: a word, words separated by spaces, or a list of words. */
function roleIn(claim: unknown): Role | null {
  const words: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return [...roles].reverse().find((role) => words.includes(role)) ?? null
}

/** Longest subject of a token, in characters (OpenID Connect Core 1.0, section 2). */
const maxSubjectLength = 255

/** The subject. The types promise a text, but the library does not check it. */
function subjectIn({ sub }: { sub?: unknown }): string {
  const isText = typeof sub === 'string' && sub.trim() !== '' && !/\p{Cc}/u.test(sub)
  if (isText && sub.length <= maxSubjectLength) return sub
  throw new errors.JWTInvalid(`its "sub" is not a text of 1 to ${maxSubjectLength} characters`)
}

const nameIn = ({ name, preferred_username: user }: JWTPayload): string | null =>
  [name, user]
    .find((text) => typeof text === 'string' && text !== '')
    ?.toString()
    .slice(0, 200) ?? null

function refused(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof errors.JWTExpired) return unauthorized('The token has expired.', 'invalid_token')
  // The library's messages name claims and algorithms, and repeat no value of the token.
  const why = error instanceof errors.JOSEError ? error.message : 'it cannot be verified'
  return unauthorized(`The token is not trusted: ${why}.`, 'invalid_token')
}

/**
 * Verifies access tokens of an OpenID Connect issuer: JWTs that it signed for this registry and that are in force. Fetches
 * its keys for the first token, and again when a token names a new one.
 * @param clock says whether tokens are in force.
 */
export function trustIssuer({ issuer, audience, roleClaim }: Issuer, clock: Clock): VerifyToken {
  const keys = keyFinder(issuer)
  return async (token) => {
    try {
      const now = await clock.now()
      const { payload } = await jwtVerify(
        token,
        (header, jws) => {
          checkHeader(header)
          return keys(header, jws)
        },
        {
          issuer,
          audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          currentDate: now,
          requiredClaims: ['exp', 'sub'],
        },
      )
      const { iat = 0 } = payload
      const sub = subjectIn(payload)
      if (iat > now.getTime() / 1000 + clockToleranceSeconds)
        throw new errors.JWTInvalid('its "iat" is in the future')
      return { kind: 'oidc', id: sub, name: nameIn(payload), role: roleIn(claimAt(payload, roleClaim)) }
    } catch (error) {
      throw refused(error)
    }
  }
}
