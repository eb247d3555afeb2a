import Fastify from 'fastify'
import type pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { hashOf } from '../../src/database/keys.ts'
import { admission } from '../../src/http/admission.ts'
import { authorizeWith } from '../../src/http/authentication.ts'
import { Reads } from '../../src/http/reading/reads.ts'
import { mountEndpoints } from '../../src/http/routes.ts'
import type { Actor, Endpoint } from '../../src/operations/operation.ts'

const key = `ent_abcd1234_${'k'.repeat(43)}`
const held = { id: 'the-id', name: 'An import', role: 'editor', expiresAt: null, revokedAt: null } as const
const adminKey = 'the-key-that-the-service-began-with'

it('passes the acting key, first administrator or token subject to an endpoint that writes', async () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  const seen: Actor[] = []
  const endpoint: Endpoint = {
    method: 'POST',
    path: '/v1/mirror',
    tag: 'service',
    contract: {
      operationId: 'getMirror',
      summary: '',
      description: '',
      access: 'write',
      query: {},
      headers: [],
      answers: {},
      problems: [],
    },
    handle: async ({ actor }) => {
      seen.push(actor)
      return { status: 200, headers: {}, body: '{}' }
    },
  }
  const subject: Actor = { kind: 'oidc', id: 'u-7', name: 'Li Wei', role: 'editor' }
  const authorize = authorizeWith({
    adminKey,
    keyring: { find: async (hash) => (hash === hashOf(key) ? held : undefined), use: () => {} },
    verifyToken: async () => subject,
    publicRead: true,
  })
  // The endpoint asks no database.
  const pool = {} as pg.Pool
  const context = {
    pool,
    cursorSecret: '',
    keyring: { changed: () => {} },
    changed: async () => {},
    closing: new AbortController().signal,
  }
  const admit = await admission(app, authorize, 0)
  mountEndpoints(app, [endpoint], { context, admit, reads: new Reads(undefined, true) })

  for (const bearer of [key, adminKey, 'header.claims.signature']) {
    const headers = { authorization: `Bearer ${bearer}` }
    expect((await app.inject({ method: 'POST', url: '/v1/mirror', headers })).statusCode).toBe(200)
  }
  expect(seen).toEqual([
    { kind: 'key', id: 'the-id', name: 'An import', role: 'editor' },
    { kind: 'key', id: 'ADMIN_KEY', name: 'ADMIN_KEY', role: 'admin' },
    subject,
  ])
})
