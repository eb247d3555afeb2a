import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { CompactSign, exportJWK, exportSPKI, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Problem } from '../../src/problems/problem.ts'
import type { VerifyToken } from '../../src/server/plugins/authentication/authenticate.ts'
import { createTokenVerifier } from '../../src/server/plugins/authentication/oidc.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import {
  type KeyPair,
  makeKeyPair,
  now,
  openIssuer,
  sign,
  type TestIssuer,
  unknownExtension,
} from '../support/issuer.ts'
import { getPort } from '../support/ports.ts'

/** Access tokens of an OpenID Connect issuer, which runs in this process. */

/** The clock of this process, which some tests set. */
const clock = { now: async () => new Date() }

const algorithms = ['RS256', 'PS384', 'ES384', 'EdDSA']

let keyPairs: KeyPair[]
let issuer: TestIssuer
let service: TestApp
beforeAll(async () => {
  keyPairs = await Promise.all(algorithms.map((alg) => makeKeyPair(alg)))
  issuer = await openIssuer(keyPairs)
  service = await openTestApp({ env: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: issuer.audience } })
})
afterAll(async () => {
  await service.close()
  await issuer.close()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const realTick = performance.now.bind(performance)

/** Sets the monotonic clock ahead by some milliseconds, for the rest of the test. */
function advanceTicks(milliseconds: number): void {
  const aheadMs = performance.now() - realTick() + milliseconds
  vi.spyOn(performance, 'now').mockImplementation(() => realTick() + aheadMs)
}

/** Sends a request that needs the role admin. */
async function getWith(token: string) {
  const headers = { authorization: `Bearer ${token}` }
  const response = await service.app.inject({ url: '/v1/keys', headers })
  return { status: response.statusCode, headers: response.headers, body: response.body }
}

const admin = { roles: ['admin'] }

const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

const validClaims = () => ({
  iss: issuer.url,
  aud: issuer.audience,
  sub: 'user-1',
  exp: now() + 300,
  iat: now(),
  ...admin,
})

describe('a token of the issuer', () => {
  it('grants the access of its role; otherwise the status is 403 with the required role', async () => {
    expect((await getWith(await issuer.token(admin))).status).toBe(200)
    for (const roles of [
      ['editor'],
      ['reader'],
      ['administrator', 'ADMIN'],
      [],
      'none',
      7,
      { admin: true },
    ]) {
      const { status, body } = await getWith(await issuer.token({ roles }))
      expect({ roles, status }).toEqual({ roles, status: 403 })
      expect(body).toContain('the role admin is needed')
    }
    expect((await getWith(await issuer.token())).status).toBe(403)
  })

  it.each([
    ['several roles, of which the highest counts', { roles: ['reader', 'other', 'admin', 'editor'] }],
    ['one role as a string', { roles: 'admin' }],
    ['roles in a string with spaces', { roles: 'openid admin' }],
  ])('may name %s', async (_, claims) => {
    expect((await getWith(await issuer.token(claims))).status).toBe(200)
  })

  it.each(['JWT', 'at+jwt', 'application/at+jwt', undefined])('may be of type %s', async (typ) => {
    expect((await getWith(await issuer.token(admin, typ ? { typ } : {}))).status).toBe(200)
  })

  it('may have several audiences, and times that are some seconds in the future', async () => {
    const claims = { ...admin, aud: ['other', issuer.audience], iat: now() + 10, nbf: now() + 10 }
    expect((await getWith(await issuer.token(claims))).status).toBe(200)
  })

  it.each(algorithms)('may be signed by %s', async (alg) => {
    const pair = keyPairs.find(({ jwk }) => jwk.alg === alg)
    const token = pair ? await sign(validClaims(), pair) : ''
    expect((await getWith(token)).status).toBe(200)
  })

  it('has its roles in OIDC_ROLE_CLAIM, which may be nested or have dots in its name', async () => {
    const roleAt = async (roleClaim: string, claims: Record<string, unknown>) => {
      const verify = createTokenVerifier({ issuer: issuer.url, audience: issuer.audience, roleClaim }, clock)
      return (await verify(await issuer.token(claims))).role
    }
    expect(await roleAt('realm_access.roles', { realm_access: admin })).toBe('admin')
    expect(await roleAt('realm_access.roles', admin)).toBeNull()
    expect(await roleAt('https://login.example/roles', { 'https://login.example/roles': 'editor' })).toBe(
      'editor',
    )
    expect(await roleAt('constructor.name', admin)).toBeNull()
  })

  it('identifies the actor by its subject and, if present, its name', async () => {
    const verify = createTokenVerifier(
      { issuer: issuer.url, audience: issuer.audience, roleClaim: 'roles' },
      clock,
    )
    const token = await issuer.token({ ...admin, sub: 'u-7', preferred_username: 'liwei' })
    expect(await verify(token)).toEqual({ kind: 'oidc', id: 'u-7', name: 'liwei', role: 'admin' })
    expect(await verify(await issuer.token())).toEqual({ kind: 'oidc', id: 'user-1', name: null, role: null })
  })

  it.each([
    ['without control characters', { name: 'A\u0000\u001b[31mB\nC' }, 'A[31mBC'],
    ['without characters that reorder text', { name: '\u202eAnn\u2066' }, 'Ann'],
    ['with U+FFFD for half a surrogate pair', { name: 'A\ud83d' }, 'A\ufffd'],
    ['in NFC', { name: 'Rene\u0301' }, 'Ren\u00e9'],
    ['cut off after 200 characters', { name: `${'x'.repeat(199)}😀y` }, `${'x'.repeat(199)}😀`],
    ['as the user name if nothing else is left', { name: '\u202e ', preferred_username: 'ann' }, 'ann'],
  ])('has its name in the history %s', async (_, claims, name) => {
    const headers = { authorization: `Bearer ${await issuer.token({ ...claims, roles: 'editor' })}` }
    const payload = { title: 'By the holder of a token', kind: 'other' }
    const created = await service.app.inject({ method: 'POST', url: '/v1/sources', headers, payload })
    expect(created.statusCode, created.body).toBe(201)
    const { id } = created.json<{ id: string }>()
    const history = await service.app.inject(`/v1/sources/${id}/history`)
    expect(history.json()).toMatchObject({ data: [{ actor: { id: 'user-1', name } }] })
  })

  it('identifies the actor by its subject exactly as it is, in any Unicode form', async () => {
    const token = await issuer.token({ sub: 'Rene\u0301', roles: 'reader' })
    const headers = { authorization: `Bearer ${token}` }
    const response = await service.app.inject({ url: '/v1/actor', headers })
    expect(response.json()).toMatchObject({ id: 'Rene\u0301' })
  })
})

/** Functions that create invalid tokens, by fault. */
const invalidTokens: Record<string, () => Promise<string> | string> = {
  'no signature (alg none)': () => new UnsecuredJWT(validClaims()).encode(),
  'alg none with the signature of another token': async () => {
    const [, payload, signature] = (await issuer.token(admin)).split('.')
    return `${segment({ alg: 'none' })}.${payload}.${signature}`
  },
  'an HMAC with the PEM of the public key as secret': async () => {
    const { kid } = issuer.current().jwk
    const content = `${segment({ alg: 'HS256', kid })}.${segment(validClaims())}`
    const secret = await exportSPKI(issuer.current().publicKey)
    return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
  },
  'an HMAC with the JSON of the public key as secret': () => {
    const content = `${segment({ alg: 'HS256', kid: issuer.current().jwk.kid })}.${segment(validClaims())}`
    const secret = JSON.stringify(issuer.current().jwk)
    return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
  },
  'a signature by another key under the `kid` of the issuer’s key': async () => {
    const otherPair = await makeKeyPair()
    const { kid = '' } = issuer.current().jwk
    return sign(validClaims(), { ...otherPair, jwk: { ...otherPair.jwk, kid } })
  },
  'a signature by another key under its own `kid`': async () => sign(validClaims(), await makeKeyPair()),
  'a signature by another key, and no `kid`': async () => {
    const otherPair = await makeKeyPair()
    return sign(validClaims(), otherPair, { kid: undefined })
  },
  'a signature by another key, which is in its header (`jwk`)': async () => {
    const otherPair = await makeKeyPair()
    const jwk = await exportJWK(otherPair.publicKey)
    return sign(validClaims(), otherPair, { kid: undefined, jwk })
  },
  'a valid signature, but a key in its header (`jwk`)': () =>
    issuer.token(admin, { jwk: issuer.current().jwk }),
  'a signature by another key, and a URL of keys in its header (`jku`)': async () =>
    sign(validClaims(), await makeKeyPair(), { jku: 'http://127.0.0.1:1/keys' }),
  'an unknown critical extension (`crit`)': () =>
    issuer.token(admin, { crit: [unknownExtension], [unknownExtension]: 1 }),
  'another `typ`': () => issuer.token(admin, { typ: 'logout+jwt' }),
  'an `alg` that differs from the `alg` of its key': async () => {
    const [, payload, signature] = (await issuer.token(admin)).split('.')
    return `${segment({ alg: 'ES384', kid: issuer.current().jwk.kid })}.${payload}.${signature}`
  },
  'claims that were changed': async () => {
    const [header, , signature] = (await issuer.token({ roles: 'reader' })).split('.')
    return `${header}.${segment(validClaims())}.${signature}`
  },
  'another issuer': () => issuer.token({ ...admin, iss: 'https://login.example' }),
  'the issuer with an additional slash': () => issuer.token({ ...admin, iss: `${issuer.url}/` }),
  'no issuer': () => issuer.token({ ...admin, iss: undefined }),
  'another audience': () => issuer.token({ ...admin, aud: 'another-service' }),
  'an audience that begins like the right one': () => issuer.token({ ...admin, aud: `${issuer.audience}-2` }),
  'no audience': () => issuer.token({ ...admin, aud: undefined }),
  'no subject': () => issuer.token({ ...admin, sub: undefined }),
  'an empty subject': () => issuer.token({ ...admin, sub: '' }),
  'a blank subject': () => issuer.token({ ...admin, sub: ' ' }),
  'a number as subject': () => issuer.token({ ...admin, sub: 7 }),
  'null as subject': () => issuer.token({ ...admin, sub: null }),
  'a control character in its subject': () => issuer.token({ ...admin, sub: 'u\u00007' }),
  'a character that reorders text in its subject': () => issuer.token({ ...admin, sub: '\u202eadmin' }),
  'half a surrogate pair in its subject': () => issuer.token({ ...admin, sub: '\ud83d' }),
  'a subject that is too long': () => issuer.token({ ...admin, sub: 'u'.repeat(256) }),
  'no `exp`': () => issuer.token({ ...admin, exp: undefined }),
  'an `exp` in the past': () => issuer.token({ ...admin, iat: now() - 600, exp: now() - 60 }),
  'an `exp` that is not a number': () => issuer.token({ ...admin, exp: '9999999999' }),
  'an `nbf` in the future': () => issuer.token({ ...admin, nbf: now() + 120 }),
  'an `iat` in the future': () => issuer.token({ ...admin, iat: now() + 120 }),
  'an empty payload': () => `${segment({ alg: 'ES256' })}..`,
  'a list instead of claims': () => {
    const { privateKey, jwk } = issuer.current()
    return new CompactSign(Buffer.from('[1]'))
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '' })
      .sign(privateKey)
  },
}

describe('a token is refused with 401 when it has', () => {
  it.each(Object.keys(invalidTokens))('%s', async (what) => {
    const token = (await invalidTokens[what]?.()) ?? ''
    const { status, headers, body } = await getWith(token)
    expect({ status, body }).toMatchObject({ status: 401 })
    expect(headers['www-authenticate']).toContain('error="invalid_token"')
    expect(body).not.toContain(token)
  })
})

describe('the keys of the issuer', () => {
  let other: TestIssuer
  let verify: VerifyToken
  beforeEach(async () => {
    other = await openIssuer()
    verify = createTokenVerifier({ issuer: other.url, audience: other.audience, roleClaim: 'roles' }, clock)
  })
  afterEach(() => other.close())

  /** Returns the role of a token, or the status of the problem. */
  const outcome = (token: string) =>
    verify(token).then(
      ({ role }) => role,
      (problem: Problem) => problem.status,
    )

  it('are fetched once for many tokens, and again for an unknown key, which replaces the old one', async () => {
    const tokens = await Promise.all(Array.from({ length: 5 }, () => other.token(admin)))
    expect(await Promise.all(tokens.map(outcome))).toEqual(tokens.map(() => 'admin'))
    expect(other.keyRequests()).toBe(1)

    await other.rotate()
    // A client that keeps sending tokens of unknown keys does not make the registry fetch the keys each time.
    expect(await outcome(await other.token(admin))).toBe(401)
    expect(await outcome(await sign(validClaims(), await makeKeyPair()))).toBe(401)
    expect(other.keyRequests()).toBe(1)

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6_000 })
    expect(await outcome(await other.token(admin))).toBe('admin')
    expect(other.keyRequests()).toBe(2)
    expect(await outcome(tokens[0] ?? '')).toBe(401)
  })

  it('are cached for minutes while the issuer fails; without cached keys, the status is 503', async () => {
    const token = await other.token({ ...admin, exp: now() + 3600 })
    const tokenOfUnknownKey = await sign({ ...validClaims(), exp: now() + 3600 }, await makeKeyPair())
    const advanceBy = (seconds: number) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
      advanceTicks(seconds * 1000)
    }
    other.answering = false
    const problem = await verify(token).catch((error: Problem) => error)
    expect(problem).toMatchObject({ status: 503, headers: { 'retry-after': '2' } })

    other.answering = true
    advanceBy(2)
    expect(await outcome(token)).toBe('admin')
    other.answering = false
    advanceBy(60)
    expect(await outcome(token)).toBe('admin')
    // The issuer may have a new key, which cannot be fetched now.
    expect(await outcome(tokenOfUnknownKey)).toBe(503)
    expect(await outcome(token)).toBe('admin')
    advanceBy(900)
    expect(await outcome(token)).toBe(503)
    other.answering = true
    advanceBy(2)
    expect(await outcome(token)).toBe('admin')
    expect(await outcome(tokenOfUnknownKey)).toBe(401)
  })

  it('are not needed to refuse an expired token, so its streams end even while the issuer fails', async () => {
    const token = await other.token(admin)
    expect(await outcome(token)).toBe('admin')
    other.answering = false
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 900_000 })
    advanceTicks(900_000)
    expect(await outcome(token)).toBe(401)
  })

  it('are fetched again soon after a failure, even if the time of day was set back meanwhile', async () => {
    other.answering = false
    expect(await outcome(await other.token(admin))).toBe(503)
    other.answering = true
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 })
    advanceTicks(2000)
    expect(await outcome(await other.token(admin))).toBe('admin')
  })

  /** Replaces `other` with an issuer that also publishes the keys of these pairs. */
  const replaceIssuer = async (pairs: KeyPair[]) => {
    await other.close()
    other = await openIssuer(pairs)
    verify = createTokenVerifier({ issuer: other.url, audience: other.audience, roleClaim: 'roles' }, clock)
  }

  it('are tried one after another, at most eight, for a token without `kid`', async () => {
    const pairs = await Promise.all(Array.from({ length: 9 }, () => makeKeyPair()))
    await replaceIssuer(pairs)
    const noId = { kid: undefined }
    expect(await outcome(await other.token(admin, noId))).toBe('admin')
    const claims = { ...validClaims(), iss: other.url }
    const outcomeBy = async (pair: KeyPair | undefined) => pair && outcome(await sign(claims, pair, noId))
    expect(await outcomeBy(pairs[6])).toBe('admin')
    expect(await outcomeBy(pairs[7])).toBe(401)
    expect(await outcomeBy(await makeKeyPair())).toBe(401)
    expect(await outcome(await other.token({ ...admin, aud: 'other' }, noId))).toBe(401)
  })

  it('are not used if the response with them has more than a mebibyte', async () => {
    const pair = await makeKeyPair()
    await replaceIssuer([{ ...pair, jwk: { ...pair.jwk, x5c: ['A'.repeat(2 ** 20)] } }])
    const problem = await verify(await other.token(admin)).catch((error: Problem) => error)
    const cause = { message: `${other.url}/keys answered with more than 1048576 bytes` }
    expect(problem).toMatchObject({ status: 503, cause })
  })

  it.each([
    ['the issuer', ''],
    ['OIDC_ISSUER', '/'],
  ])(
    'are not fetched if OIDC_ISSUER has an extra slash, as the cause says: iss of %s',
    async (_of, slash) => {
      verify = createTokenVerifier(
        { issuer: `${other.url}/`, audience: other.audience, roleClaim: 'roles' },
        clock,
      )
      const url = `${other.url}/.well-known/openid-configuration`
      const message = `OIDC_ISSUER is ${other.url}/, but the issuer at ${url} is ${other.url}`
      const cause = expect.objectContaining({ message })
      const token = await other.token({ ...admin, iss: `${other.url}${slash}` })
      await expect(verify(token)).rejects.toMatchObject({ type: 'unavailable', status: 503, cause })
      expect(other.keyRequests()).toBe(0)
    },
  )

  it('are not looked for again for a second after a configuration that names another issuer', async () => {
    verify = createTokenVerifier(
      { issuer: `${other.url}/`, audience: other.audience, roleClaim: 'roles' },
      clock,
    )
    const fetched = vi.spyOn(globalThis, 'fetch')
    const token = await other.token(admin)
    expect([await outcome(token), await outcome(token)]).toEqual([503, 503])
    expect(fetched).toHaveBeenCalledTimes(1)
    advanceTicks(2000)
    expect(await outcome(token)).toBe(503)
    expect(fetched).toHaveBeenCalledTimes(2)
  })

  it('are not fetched if the URL of the configuration redirects', async () => {
    const redirecting = createServer(({ url }, response) => {
      if (url === '/moved') response.end(JSON.stringify({ issuer: moved, jwks_uri: `${other.url}/keys` }))
      else response.writeHead(302, { location: '/moved' }).end()
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void redirecting.close())
    await once(redirecting, 'listening')
    const moved = `http://127.0.0.1:${getPort(redirecting)}`
    verify = createTokenVerifier({ issuer: moved, audience: other.audience, roleClaim: 'roles' }, clock)
    expect(await outcome(await other.token({ ...admin, iss: moved }))).toBe(503)
    expect(other.keyRequests()).toBe(0)
  })

  it('are not fetched without TLS if the URL of the issuer has TLS', async () => {
    const secure = 'https://issuer.example'
    const configuration = { issuer: secure, jwks_uri: `${other.url}/keys` }
    vi.spyOn(globalThis, 'fetch').mockResolvedValueOnce(Response.json(configuration))
    verify = createTokenVerifier({ issuer: secure, audience: other.audience, roleClaim: 'roles' }, clock)
    expect(await outcome(await other.token({ ...admin, iss: secure }))).toBe(503)
    expect(other.keyRequests()).toBe(0)
  })
})
