import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
  type RemoteJWKSet,
} from 'jose'
import { z } from 'zod'
import type { Clock } from '../../../database/clock.ts'
import type { Role } from '../../../database/keys.ts'
import { roles } from '../../../database/vocabularies.ts'
import { cleanLine, findLineFault } from '../../../model/characters.ts'
import { Problem } from '../../../problems/problem.ts'
import { unauthorized, type VerifyToken } from './authenticate.ts'

/** A trusted OpenID Connect issuer. */
export interface Issuer {
  /** The issuer's identifier, exactly as in the claim `iss`. */
  issuer: string
  /** The value that `aud` must contain. */
  audience: string
  /** The claim with the roles, or its path, separated by dots (`realm_access.roles`). */
  roleClaim: string
}

/** Asymmetric signatures only: with a symmetric one, an attacker could sign with the public key as the secret. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]

/** How far the clocks of issuer and database may differ. */
const clockToleranceSeconds = 30

/** How long the issuer's keys are cached. */
const keyMaxAgeMs = 600_000

/** Minimum time between two fetches of the keys. A token with an unknown key makes the service fetch them again. */
const keyCooldownMs = 5_000

/** Timeout of a request to the issuer. */
const requestTimeoutMs = 5_000

/** Maximum size of a response of the issuer, in bytes. Sets of keys with chains of certificates have some tens of KiB. */
const maxResponseBytes = 1024 * 1024

/** Maximum number of keys with which the signature of a token without `kid` is checked. */
const maxKeysWithoutId = 8

/** Pause after a request to the issuer that has failed, or whose response is not valid. */
const failurePauseMs = 1_000

type Fetch = (url: string, options: RequestInit) => Promise<Response>

/** Reads a response of the issuer into memory. @throws Error if it is longer than `maxResponseBytes`. */
async function readBounded({ body, status, headers, url }: Response): Promise<Response> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.length
    if (size > maxResponseBytes) throw new Error(`${url} answered with more than ${maxResponseBytes} bytes`)
    chunks.push(chunk)
  }
  return new Response(Buffer.concat(chunks), { status, headers })
}

/** Sends a request to the issuer. @throws Error if it fails, or the response has a status other than 200 or is too long. */
const fetchBounded: Fetch = async (url, options) => {
  const response = await fetch(url, options)
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
  return readBounded(response)
}

/** A JWK Set (RFC 7517, section 5). The library checks its keys. */
const keySet = z.object({ keys: z.array(z.looseObject({})) })

/** Sends a request for the issuer's keys. @throws Error as `fetchBounded` does, or if the response is not a `keySet`. */
const fetchKeys: Fetch = async (url, options) => {
  const response = await fetchBounded(url, options)
  keySet.parse(await response.clone().json())
  return response
}

/** Returns a function that runs `work`. For a while after a failure, it fails at once, so that a failing issuer gets few requests. */
function pauseAfterFailure(): <T>(work: () => Promise<T>) => Promise<T> {
  let pausedUntil = 0
  let lastError: unknown
  return async (work) => {
    if (performance.now() < pausedUntil)
      throw new Error('the last request to the issuer failed a moment ago', { cause: lastError })
    try {
      return await work()
    } catch (error) {
      pausedUntil = performance.now() + failurePauseMs
      lastError = error
      throw error
    }
  }
}

/**
 * Discovers the URL of an issuer's keys (OpenID Connect Discovery 1.0, section 4).
 * @throws Error when the issuer cannot be reached, or its metadata is not valid or names another issuer.
 */
async function discover(issuer: string): Promise<URL> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await fetchBounded(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  const isSecure = issuer.startsWith('https:')
  const metadata = z.object({
    issuer: z.string(),
    jwks_uri: z.url({ protocol: isSecure ? /^https$/ : /^https?$/ }),
  })
  const { issuer: stated, jwks_uri } = metadata.parse(await response.json())
  if (stated !== issuer) throw new Error(`OIDC_ISSUER is ${issuer}, but the issuer at ${url} is ${stated}`)
  return new URL(jwks_uri)
}

/** Whether the token is the reason for an error, and not the issuer: no key or several keys match it, or its algorithm is not supported. */
const isTokenError = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

/** Finds the key for a token: a `RemoteJWKSet` without its properties. */
type FindKey = (...args: Parameters<RemoteJWKSet>) => ReturnType<RemoteJWKSet>

/** Returns a function that finds the issuer's key for a token. It throws Problem `unavailable` if it cannot fetch keys. */
function keyFinder(issuer: string): FindKey {
  const attempt = pauseAfterFailure()
  const toKeys = (url: URL) =>
    createRemoteJWKSet(url, {
      cooldownDuration: keyCooldownMs,
      cacheMaxAge: keyMaxAgeMs,
      timeoutDuration: requestTimeoutMs,
      [customFetch]: (keysUrl, options) => attempt(() => fetchKeys(keysUrl, options)),
    })
  let keys: RemoteJWKSet | undefined
  let discovering: Promise<RemoteJWKSet> | undefined
  const loadKeys = async () => {
    discovering ??= attempt(() => discover(issuer))
      .then(toKeys)
      .finally(() => {
        discovering = undefined
      })
    keys = await discovering
    return keys
  }
  return async (header, token) => {
    try {
      return await (keys ?? (await loadKeys()))(header, token)
    } catch (error) {
      if (isTokenError(error)) throw error
      // The issuer may have moved its keys. Keys in memory stay valid for their maximum age.
      if (!keys?.fresh) keys = undefined
      const detail = 'The keys of the token issuer cannot be fetched at the moment.'
      throw new Problem('unavailable', detail, { cause: error, headers: { 'retry-after': '2' } })
    }
  }
}

/** Refuses tokens that contain a key or its URL, or are not JWTs by their `typ` (RFC 8725, sections 3.10 and 3.11). */
function checkHeader(header: JWTHeaderParameters): void {
  const [embeddedKey] = ['jwk', 'jku', 'x5u'].filter((name) => Object.hasOwn(header, name))
  if (embeddedKey) throw new errors.JWTInvalid(`its header contains a key or its URL ("${embeddedKey}")`)
  const type = header.typ?.toLowerCase().replace(/^application\//, '') ?? 'jwt'
  if (!['jwt', 'at+jwt'].includes(type)) throw new errors.JWTInvalid('its "typ" is not JWT or at+jwt')
}

/**
 * Refuses an expired token before the issuer's key for it is looked up. While the issuer fails, the key may be unknown, but streams
 * of an expired token must end all the same.
 * @throws JWTExpired.
 */
function checkExpiry(token: string, now: Date): void {
  const payload = decodeJwt(token)
  const { exp } = payload
  // The library checks the type of the claim, together with all other claims.
  if (typeof exp === 'number' && exp + clockToleranceSeconds <= now.getTime() / 1000)
    throw new errors.JWTExpired('it has expired', payload)
}

/**
 * Verifies a token with the issuer's key. If several keys match, as they can if the token has no `kid` (RFC 7515, section
 * 4.1.4), tries one after another.
 */
async function verifyWithKeys(
  token: string,
  findKey: FindKey,
  options: JWTVerifyOptions & { currentDate: Date },
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(
      token,
      (header, jws) => {
        checkHeader(header)
        checkExpiry(token, options.currentDate)
        return findKey(header, jws)
      },
      options,
    )
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    let tried = 0
    for await (const key of error) {
      const result = await jwtVerify(token, key, options).catch((failure: unknown) => {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure
      })
      if (result) return result
      tried += 1
      if (tried === maxKeysWithoutId) break
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

/** Returns the value of a claim, by its name or its path. */
function claimAt(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name]
  return name
    .split('.')
    .reduce<unknown>(
      (value, step) => (Object.hasOwn(Object(value), step) ? Object(value)[step] : undefined),
      payload,
    )
}

/** Returns the highest known role in a claim: a word, words separated by spaces, or a list of words. */
function roleIn(claim: unknown): Role | null {
  const words: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return [...roles].reverse().find((role) => words.includes(role)) ?? null
}

/** Maximum length of the subject of a token, in characters (OpenID Connect Core 1.0, section 2). */
const maxSubjectLength = 255

/** Returns the subject. By its type it is a text, but the library does not check this. */
function subjectIn({ sub }: { sub?: unknown }): string {
  if (typeof sub !== 'string' || sub.trim() === '' || [...sub].length > maxSubjectLength)
    throw new errors.JWTInvalid(`its "sub" is not a text of 1 to ${maxSubjectLength} characters`)
  const fault = sub.isWellFormed() ? findLineFault(sub) : 'has half of a surrogate pair'
  if (fault !== undefined) throw new errors.JWTInvalid(`its "sub" ${fault}`)
  return sub
}

/** Maximum length of a name in characters. The rest of a longer one is left out. */
const maxNameLength = 200

/** Returns the name as one line of text in NFC, without characters that a line may not have, since the name is only shown. */
function nameIn({ name, preferred_username: user }: JWTPayload): string | null {
  for (const text of [name, user]) {
    const line = typeof text === 'string' ? cleanLine(text).normalize('NFC').trim() : ''
    if (line !== '') return [...line].slice(0, maxNameLength).join('')
  }
  return null
}

function toTokenProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof errors.JWTExpired) return unauthorized('The token has expired.', 'invalid_token')
  // The library's messages name claims and algorithms, but contain no values of the token.
  const reason = error instanceof errors.JOSEError ? error.message : 'it cannot be verified'
  return unauthorized(`The token is not trusted: ${reason}.`, 'invalid_token')
}

/**
 * Verifies access tokens of an OpenID Connect issuer: JWTs that the issuer has signed for this registry and that are valid now.
 * Fetches the issuer's keys for the first token, and again when they are older than `keyMaxAgeMs` or a token names an unknown
 * key.
 * @param clock has the current time, at which tokens must be valid.
 */
export function createTokenVerifier({ issuer, audience, roleClaim }: Issuer, clock: Clock): VerifyToken {
  const findKey = keyFinder(issuer)
  return async (token) => {
    // Outside of `try`: without the time of the database, the request fails with the database's error, not with 401.
    const now = await clock.now()
    try {
      const { payload } = await verifyWithKeys(token, findKey, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        currentDate: now,
        requiredClaims: ['exp', 'sub'],
      })
      const { iat = 0 } = payload
      const sub = subjectIn(payload)
      if (iat > now.getTime() / 1000 + clockToleranceSeconds)
        throw new errors.JWTInvalid('its "iat" is in the future')
      return { kind: 'oidc', id: sub, name: nameIn(payload), role: roleIn(claimAt(payload, roleClaim)) }
    } catch (error) {
      throw toTokenProblem(error)
    }
  }
}
