import { once } from 'node:events'
import { createServer } from 'node:http'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { getPort } from './ports.ts'

/** A key pair of an issuer. */
export interface KeyPair {
  privateKey: CryptoKey
  publicKey: CryptoKey
  jwk: JWK
}

/** An OpenID Connect issuer on a local port, with its own keys. */
export interface TestIssuer {
  url: string
  audience: string
  /** The current key pair for signatures. */
  current(): KeyPair
  /** Returns a token with claims. `iss`, `aud`, `sub`, `iat` and `exp` have valid defaults. An undefined claim is left out. */
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
  /** Rotates the key pair. The issuer no longer publishes the old pair. */
  rotate(): Promise<void>
  /** Returns the number of requests for the issuer's keys. */
  keyRequests(): number
  /** Whether the issuer returns its documents. Otherwise it returns 500. */
  answering: boolean
  close(): Promise<void>
}

let keyCount = 0

/** Makes a key pair with a new key id. */
export async function makeKeyPair(alg = 'ES256'): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  keyCount += 1
  const jwk = { ...(await exportJWK(publicKey)), kid: `key-${keyCount}`, alg, use: 'sig' }
  return { privateKey, publicKey, jwk }
}

/** The name of a token extension that the service does not know, for the header `crit`. */
export const unknownExtension = 'https://example.com/extension'

/** Signs any claims with a key pair. */
export const sign = (
  claims: JWTPayload,
  { privateKey, jwk }: KeyPair,
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: jwk.alg ?? '', kid: jwk.kid ?? '', ...header })
    .sign(privateKey, { crit: { [unknownExtension]: true } })

/** Returns the current time in seconds since 1970, as tokens have it. */
export const now = () => Math.floor(Date.now() / 1000)

/** Opens an issuer, which publishes `furtherPairs` in addition to its own key pair. */
export async function openIssuer(furtherPairs: KeyPair[] = []): Promise<TestIssuer> {
  let pair = await makeKeyPair()
  let keyRequests = 0
  const server = createServer((request, response) => {
    if (request.url === '/keys') keyRequests += 1
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
      '/keys': { keys: [pair, ...furtherPairs].map(({ jwk }) => jwk) },
    }
    const document = documents[request.url ?? '']
    response.statusCode = issuer.answering && document ? 200 : 500
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(document ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = getPort(server)
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${port}`,
    audience: 'entente',
    answering: true,
    current: () => pair,
    token: (claims = {}, header = {}) => {
      const defaults = { iss: issuer.url, aud: issuer.audience, sub: 'user-1', iat: now(), exp: now() + 300 }
      const all = Object.entries({ ...defaults, ...claims }).filter(([, value]) => value !== undefined)
      return sign(Object.fromEntries(all), pair, header)
    },
    rotate: async () => {
      pair = await makeKeyPair()
    },
    keyRequests: () => keyRequests,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return issuer
}
