import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

/** A key pair of an issuer. */
export interface Pair {
  privateKey: CryptoKey
  publicKey: CryptoKey
  jwk: JWK
}

/** An OpenID Connect issuer on a port of this machine, with keys of its own. */
export interface TestIssuer {
  url: string
  audience: string
  /** The current key pair for signatures. */
  current(): Pair
  /** Signs claims; `iss`, `aud`, `sub`, `iat` and `exp` are right unless they are given. Undefined leaves one out. */
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
  /** Rotates the key pair. The old one is no longer published. */
  rotate(): Promise<void>
  /** Returns how many requests for the keys it has received. */
  keyRequests(): number
  /** Whether the issuer responds, or fails with 500. */
  answering: boolean
  close(): Promise<void>
}

let made = 0

/** Makes a key pair with an id of its own. */
export async function makePair(alg = 'ES256'): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  made += 1
  const jwk = { ...(await exportJWK(publicKey)), kid: `key-${made}`, alg, use: 'sig' }
  return { privateKey, publicKey, jwk }
}

/** The name of an unknown token extension in the header `crit`. */
export const unheardOf = 'https://example.com/extension'

/** Signs any claims with a key pair. */
export const sign = (
  claims: JWTPayload,
  { privateKey, jwk }: Pair,
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: jwk.alg ?? '', kid: jwk.kid ?? '', ...header })
    .sign(privateKey, { crit: { [unheardOf]: true } })

/** Now in seconds since 1970, as in tokens. */
export const now = () => Math.floor(Date.now() / 1000)

/** Opens an issuer. `others` are key pairs that it publishes beside its own. */
export async function openIssuer(others: Pair[] = []): Promise<TestIssuer> {
  let pair = await makePair()
  let keyRequests = 0
  const server = createServer((request, response) => {
    if (request.url === '/keys') keyRequests += 1
    const documents: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` },
      '/keys': { keys: [pair, ...others].map(({ jwk }) => jwk) },
    }
    const document = documents[request.url ?? '']
    response.statusCode = issuer.answering && document ? 200 : 500
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(document ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${port}`,
    audience: 'entente',
    answering: true,
    current: () => pair,
    token: (claims = {}, header = {}) => {
      const usual = { iss: issuer.url, aud: issuer.audience, sub: 'user-1', iat: now(), exp: now() + 300 }
      const all = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined)
      return sign(Object.fromEntries(all), pair, header)
    },
    rotate: async () => {
      pair = await makePair()
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
