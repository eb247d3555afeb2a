// @module-tag slow

import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createKey, type Role, revokeKey } from '../../src/database/keys.ts'
import { adminKey, openTestApp, type TestApp } from '../support/app.ts'
import { unusedId } from '../support/documents.ts'
import { openIssuer, type TestIssuer } from '../support/issuer.ts'
import { responseCheck } from '../support/responses.ts'

/** Requests of every kind of client to every route of the OpenAPI document. */

/** The credentials of a request, and the kind of client: one with a role, without a role, invalid, or anonymous. */
interface Client {
  authorization: string | undefined
  kind: Role | 'no role' | 'anonymous' | 'invalid'
}

interface Route {
  method: string
  path: string
}

const openApiDocumentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
})

let issuer: TestIssuer
let clients: Record<string, Client>
const apps: Record<'open' | 'closed', TestApp | undefined> = { open: undefined, closed: undefined }
let routes: Route[]
let check: ReturnType<typeof responseCheck>

async function createClients(apps: TestApp[]): Promise<Record<string, Client>> {
  const [first, second] = apps
  const createTestKey = async (role: Role, expiresAt: Date | null = null) => {
    if (!first || !second) throw new Error('two services are needed')
    const { key, record } = await first.database.transaction((tx) =>
      createKey(tx, { name: `A ${role}`, role, expiresAt }),
    )
    // The other service has its own database, which gets the same key.
    const { rows } = await first.pool.query('select * from keys where id = $1', [record.id])
    const insert = 'insert into keys select * from json_populate_record(null::keys, $1)'
    await second.pool.query(insert, [JSON.stringify(rows[0])])
    return { key, id: record.id }
  }
  const bearer = (key: string) => `Bearer ${key}`
  const [reader, editor, admin, revoked] = await Promise.all([
    createTestKey('reader'),
    createTestKey('editor'),
    createTestKey('admin'),
    createTestKey('admin'),
  ])
  const expired = await createTestKey('admin', new Date(Date.now() - 1000))
  for (const { database } of apps) await database.transaction((tx) => revokeKey(tx, revoked.id))
  const token = async (roles: unknown, claims = {}) => bearer(await issuer.token({ roles, ...claims }))
  const forged = `${admin.key.slice(0, 13)}${randomBytes(32).toString('base64url')}`
  return {
    'no key': { authorization: undefined, kind: 'anonymous' },
    'a reader’s key': { authorization: bearer(reader.key), kind: 'reader' },
    'an editor’s key': { authorization: bearer(editor.key), kind: 'editor' },
    'an administrator’s key': { authorization: bearer(admin.key), kind: 'admin' },
    ADMIN_KEY: { authorization: bearer(adminKey), kind: 'admin' },
    'an expired key': { authorization: bearer(expired.key), kind: 'invalid' },
    'a revoked key': { authorization: bearer(revoked.key), kind: 'invalid' },
    'a forged key with the prefix of a valid key': { authorization: bearer(forged), kind: 'invalid' },
    'a truncated key': { authorization: bearer(admin.key.slice(0, -1)), kind: 'invalid' },
    'only the prefix of a key': { authorization: bearer(admin.key.slice(0, 12)), kind: 'invalid' },
    'a Basic header with a valid key': {
      authorization: `Basic ${btoa(`admin:${admin.key}`)}`,
      kind: 'invalid',
    },
    'an empty header': { authorization: '', kind: 'invalid' },
    'a token of another issuer': {
      authorization: await token('admin', { iss: 'https://login.example' }),
      kind: 'invalid',
    },
    'an expired token': { authorization: await token('admin', { exp: 1_700_000_000 }), kind: 'invalid' },
    'a token without a role': { authorization: await token('guest'), kind: 'no role' },
    'a reader’s token': { authorization: await token('reader'), kind: 'reader' },
    'an editor’s token': { authorization: await token(['editor']), kind: 'editor' },
    'an administrator’s token': { authorization: await token(['admin']), kind: 'admin' },
  }
}

beforeAll(async () => {
  issuer = await openIssuer()
  const issuerEnv = { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: issuer.audience }
  const [open, closed] = await Promise.all([
    openTestApp({ env: { ...issuerEnv, PUBLIC_READ: 'true', METRICS: 'key' } }),
    openTestApp({ env: { ...issuerEnv, PUBLIC_READ: 'false' } }),
  ])
  Object.assign(apps, { open, closed })
  clients = await createClients([open, closed])
  const document = (await open.app.inject('/openapi.json')).json()
  check = responseCheck(document)
  routes = Object.entries(openApiDocumentSchema.parse(document).paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() })),
  )
})
afterAll(async () => {
  await Promise.all([apps.open?.close(), apps.closed?.close()])
  await issuer.close()
})

/** Returns the role that a route requires, by the documented rules. */
function requiredRole({ method, path }: Route): Role | 'anybody' {
  if (!path.startsWith('/v1/')) return 'anybody'
  if (path.startsWith('/v1/keys') || path.endsWith('/redact')) return 'admin'
  if (path.startsWith('/v1/imports') && !path.endsWith('/mapping-schema')) return 'editor'
  return method === 'GET' || /\/(search|export|resolve)$/.test(path) ? 'reader' : 'editor'
}

const rank = ['reader', 'editor', 'admin']

/**
 * Returns the documented status. Routes outside `/v1`, except `/metrics`, return `200` to all clients. Below `/v1`, admitted
 * clients get `406`, since the request accepts no media type of the response. Exports ignore `Accept`, and return `400` because
 * a parameter is missing. Files of imports ignore it, too, and return `404`, since no import has the id in the path. `DELETE`
 * ignores it, too, and returns `400` for its `If-None-Match`.
 */
function expectedStatus(route: Route, { kind }: Client, reading: 'open' | 'closed'): number {
  // Metrics require a role here, and ignore `Accept`.
  const metrics = route.path === '/metrics'
  const isFile = /\.(csv|yaml)$/.test(route.path)
  const isBadRequest = route.path.endsWith('/export') || route.method === 'DELETE'
  const admitted = metrics ? 200 : isBadRequest ? 400 : isFile ? 404 : 406
  const required = metrics ? 'reader' : requiredRole(route)
  if (required === 'anybody') return 200
  if (kind === 'invalid') return 401
  if (required === 'reader' && reading === 'open' && !metrics) return admitted
  if (kind === 'anonymous') return 401
  return rank.indexOf(kind) >= rank.indexOf(required) ? admitted : 403
}

describe.each(['open', 'closed'] as const)('when reading is %s', (reading) => {
  it('every route returns the documented status to every client, with a challenge for 401 or 403', async () => {
    const app = apps[reading]?.app
    const wrong: string[] = []
    const send = async (route: Route, name: string, client: Client) => {
      const url = route.path.replaceAll(/\{\w+\}/g, unusedId)
      const { authorization } = client
      const headers = {
        accept: 'text/html',
        ...(route.method === 'DELETE' && { 'if-none-match': '*' }),
        ...(authorization !== undefined && { authorization }),
      }
      // The type of `inject` lists the methods; the document has them as strings.
      const response = await app?.inject({ method: route.method as 'GET', url, headers })
      if (!response) throw new Error('the service is not open')
      const { statusCode: status, body } = response
      const contentType = String(response.headers['content-type'])
      check({ method: route.method, url, status, contentType, body, records: 'whole' })
      const challenged = /^Bearer realm=/.test(String(response.headers['www-authenticate']))
      if (status !== expectedStatus(route, client, reading) || challenged !== [401, 403].includes(status)) {
        wrong.push(`${route.method} ${route.path} with ${name}: ${status} ${body}`)
      }
    }
    for (const [name, client] of Object.entries(clients)) {
      await Promise.all(routes.map((route) => send(route, name, client)))
    }
    expect(wrong).toEqual([])
    expect(routes.length).toBeGreaterThan(80)
  })
})
