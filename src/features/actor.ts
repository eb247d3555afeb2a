import { z } from 'zod'
import { roles } from '../database/vocabularies.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import type { Endpoint } from '../operations/operation.ts'

const example = {
  kind: 'key',
  id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
  name: 'The treaty section',
  role: 'editor',
}

const actor = registerResponseSchema(
  'Actor',
  z
    .strictObject({
      kind: z.enum(['key', 'oidc', 'anonymous']).meta({
        description: 'An API key, a user of the OpenID Connect issuer, or a client without either.',
      }),
      id: z.string().nullable().meta({ description: "The key's id, or the token's subject." }),
      name: z.string().nullable().meta({ description: 'Name of the key or token.' }),
      role: z
        .enum(roles)
        .nullable()
        .meta({ description: 'Role of the client; null: only the rights of an anonymous client.' }),
    })
    .meta({ description: 'Who sends a request.', examples: [example] }),
)

/** `GET /v1/actor`: who the client is, so that a program can offer its user what the key allows. */
export const actorEndpoint: Endpoint = {
  method: 'GET',
  path: '/v1/actor',
  tag: 'registry',
  contract: {
    operationId: 'getActor',
    summary: 'Who am I?',
    description:
      'The name and role of the key or token of the request. A key that is wrong, revoked or expired gets 401, as everywhere.',
    access: 'read',
    cache: false,
    query: {},
    headers: [],
    responses: { 200: { description: 'The client.', schema: () => actor, headers: {} } },
  },

  handle: async ({ actor: { kind, id, name, role } }) => ({
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: JSON.stringify({ kind, id, name, role }),
  }),
}
