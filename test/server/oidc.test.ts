import { createHmac, KeyObject, sign as signBytes } from 'node:crypto'
import { CompactSign, exportJWK, exportSPKI, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClock } from '../../src/database/clock.ts'
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

/** Access tokens of an OpenID Connect issuer, which runs in this process. */

/** The clock of this process. */
const clock = createClock(async () => new Date())

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
  it('grants the access of its role; other requests get 403, which names the required role', async () => {
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

  it('gets 503, not 401, while the current time cannot be read from the database', async () => {
    const outage = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    vi.spyOn(service.app.database.clock, 'now').mockRejectedValueOnce(outage)
    const token = await issuer.token(admin)
    expect((await getWith(token)).status).toBe(503)
    expect((await getWith(token)).status).toBe(200)
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
    [
      'as its `preferred_username` if nothing of its `name` is left',
      { name: '\u202e ', preferred_username: 'ann' },
      'ann',
    ],
  ])('has its name in the history %s', async (_, claims, name) => {
    const headers = { authorization: `Bearer ${await issuer.token({ ...claims, roles: 'editor' })}` }
    const payload = { title: 'By the holder of a token', kind: 'other' }
    const created = await service.app.inject({ method: 'POST', url: '/v1/sources', headers, payload })
    expect(created.statusCode, created.body).toBe(201)
    const { id } = created.json<{ id: string }>()
    const history = await service.app.inject(`/v1/sources/${id}/history`)
    expect(history.json()).toMatchObject({ data: [{ actor: { id: 'user-1', name } }] })
  })

  it.each(['Rene\u0301', '😀'.repeat(255)])(
    'identifies the actor by its subject exactly as it is, in any Unicode form (%s)',
    async (sub) => {
      const token = await issuer.token({ sub, roles: 'reader' })
      const headers = { authorization: `Bearer ${token}` }
      const response = await service.app.inject({ url: '/v1/actor', headers })
      expect(response.json()).toMatchObject({ id: sub })
    },
  )
})

/** Returns a token of the issuer with any text as its payload. */
function signText(payload: string): Promise<string> {
  const { privateKey, jwk } = issuer.current()
  return new CompactSign(Buffer.from(payload))
    .setProtectedHeader({ alg: jwk.alg ?? '', kid: jwk.kid ?? '' })
    .sign(privateKey)
}

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
  'a signature by an `alg` that differs from the `alg` of its key': () => {
    const pair = keyPairs.find(({ jwk }) => jwk.alg === 'RS256')
    if (!pair) return ''
    const content = `${segment({ alg: 'RS512', kid: pair.jwk.kid })}.${segment(validClaims())}`
    const signature = signBytes('sha512', Buffer.from(content), KeyObject.from(pair.privateKey))
    return `${content}.${signature.toString('base64url')}`
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
  'an empty payload': () => signText(''),
  'a list instead of claims': () => signText('[1]'),
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
