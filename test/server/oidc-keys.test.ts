import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Problem } from '../../src/problems/problem.ts'
import type { VerifyToken } from '../../src/server/plugins/authentication/authenticate.ts'
import { createTokenVerifier } from '../../src/server/plugins/authentication/oidc.ts'
import { type KeyPair, makeKeyPair, now, openIssuer, sign, type TestIssuer } from '../support/issuer.ts'
import { getPort } from '../support/ports.ts'

/** How the service fetches and caches the keys of an OpenID Connect issuer, which runs in this process. */

/** The clock of this process, which some tests set. */
const readTime = async () => new Date()
const clock = { now: readTime, measure: readTime }

const admin = { roles: ['admin'] }

const realTick = performance.now.bind(performance)

/** Sets the monotonic clock ahead by some milliseconds, for the rest of the test. */
function advanceTicks(milliseconds: number): void {
  const aheadMs = performance.now() - realTick() + milliseconds
  vi.spyOn(performance, 'now').mockImplementation(() => realTick() + aheadMs)
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the keys of the issuer', () => {
  let other: TestIssuer
  let verify: VerifyToken
  beforeEach(async () => {
    other = await openIssuer()
    verify = createTokenVerifier({ issuer: other.url, audience: other.audience, roleClaim: 'roles' }, clock)
  })
  afterEach(() => other.close())

  const claims = () => ({
    iss: other.url,
    aud: other.audience,
    sub: 'user-1',
    exp: now() + 300,
    iat: now(),
    ...admin,
  })

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
    expect(await outcome(await sign(claims(), await makeKeyPair()))).toBe(401)
    expect(other.keyRequests()).toBe(1)

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6_000 })
    expect(await outcome(await other.token(admin))).toBe('admin')
    expect(other.keyRequests()).toBe(2)
    expect(await outcome(tokens[0] ?? '')).toBe(401)
  })

  it('are cached for minutes while the issuer fails; without cached keys, the status is 503', async () => {
    const token = await other.token({ ...admin, exp: now() + 3600 })
    const tokenOfUnknownKey = await sign({ ...claims(), exp: now() + 3600 }, await makeKeyPair())
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
    const outcomeBy = async (pair: KeyPair | undefined) => pair && outcome(await sign(claims(), pair, noId))
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

  it('are not requested again for a second after a response without keys', async () => {
    const configuration = { issuer: other.url, jwks_uri: `${other.url}/keys` }
    const fetched = vi
      .spyOn(globalThis, 'fetch')
      .mockImplementation(async (url) => Response.json(String(url).endsWith('/keys') ? {} : configuration))
    const token = await other.token(admin)
    expect([await outcome(token), await outcome(token)]).toEqual([503, 503])
    expect(fetched).toHaveBeenCalledTimes(2)
    advanceTicks(2000)
    expect(await outcome(token)).toBe(503)
    expect(fetched).toHaveBeenCalledTimes(4)
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
