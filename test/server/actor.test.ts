import Fastify from 'fastify'
import fp from 'fastify-plugin'
import { expect, it, onTestFinished } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { hashKey } from '../../src/database/keys.ts'
import type { Actor } from '../../src/operations/operation.ts'
import { authentication } from '../../src/server/plugins/authentication.ts'

const key = `ent_abcd1234_${'k'.repeat(43)}`
const storedKey = {
  id: 'the-id',
  name: 'An import',
  role: 'editor',
  expiresAt: null,
  revokedAt: null,
} as const
const adminKey = 'the-admin-key-of-the-actor-test'

/** A keyring with one key, which needs no database. */
const keyring = fp(
  async (app) => {
    app.decorate('keyring', {
      find: async (hash) => (hash === hashKey(key) ? storedKey : undefined),
      recordUse: () => {},
      invalidate: () => {},
      close: async () => {},
    })
  },
  { name: 'keyring' },
)

/** A database that only provides the time. */
const clock = fp(
  async (app) => {
    app.decorate('database', { clock: { now: async () => new Date() } } as Database)
  },
  { name: 'database' },
)

it('authentication sets the actor of a request: a key, ADMIN_KEY, or a token subject', async () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  const subject: Actor = { kind: 'oidc', id: 'u-7', name: 'Li Wei', role: 'editor' }
  await app.register(clock)
  await app.register(keyring)
  await app.register(authentication, {
    adminKey,
    verifyToken: async () => subject,
    maxFailuresPerMinute: 0,
  })
  app.post('/mirror', { config: { access: 'write' } }, async ({ actor }) => actor)

  const actors: Actor[] = []
  for (const bearer of [key, adminKey, 'header.claims.signature']) {
    const headers = { authorization: `Bearer ${bearer}` }
    const response = await app.inject({ method: 'POST', url: '/mirror', headers })
    expect(response.statusCode).toBe(200)
    actors.push(response.json<Actor>())
  }
  expect(actors).toEqual([
    { kind: 'key', id: 'the-id', name: 'An import', role: 'editor' },
    { kind: 'key', id: 'ADMIN_KEY', name: 'ADMIN_KEY', role: 'admin' },
    subject,
  ])
})
