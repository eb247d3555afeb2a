import { z } from 'zod'
import { createKey, listKeys, readKey, revokeKey } from '../database/keys.ts'
import { roles } from '../database/vocabularies.ts'
import { keys } from '../model/keys.ts'
import { cursorParameter, limitParameter } from '../model/parameters.ts'
import { getLimit, getStringValues } from '../model/query-string.ts'
import { registerRequestSchema, registerResponseSchema } from '../model/schema-names.ts'
import { line, optional } from '../model/schemas.ts'
import type { ApiResponse, Contract, Endpoint, KeyedCollection } from '../operations/operation.ts'
import { pageOf } from '../operations/page-envelope.ts'
import { locationHeader, namedPageSchema } from '../operations/response-schemas.ts'
import {
  idempotencyKey,
  idempotencyProblems,
  replayedHeaders,
  runOnce,
} from '../operations/writing/idempotency.ts'
import { invalidBody } from '../operations/writing/validation.ts'
import { checkValue } from '../problems/faults.ts'
import { Problem } from '../problems/problem.ts'
import { pageSize } from '../query/list.ts'

const nullableTime = (description: string) => z.iso.datetime().nullable().meta({ description })

const example = {
  id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
  name: 'The import of the treaty section',
  role: 'editor',
  prefix: 'ent_7c1a9f2b',
  createdAt: '2026-01-31T09:30:00.000Z',
  expiresAt: '2027-01-31T00:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
}

const shape = {
  id: keys.uuid().meta({ description: 'Id of the key in URLs.' }),
  name: z.string().meta({ description: 'Person or program that uses the key.' }),
  role: z
    .enum(roles)
    .meta({ description: 'Role of the key. Each includes the rights of the roles before it.' }),
  prefix: z.string().meta({ description: 'First characters of the key, by which people recognize it.' }),
  createdAt: z.iso.datetime().meta({ description: 'When the key was created.' }),
  expiresAt: nullableTime('When the key expires; null for never.'),
  lastUsedAt: nullableTime('When the key was last used, up to a minute late; null if never.'),
  revokedAt: nullableTime('When the key was revoked; null if it was not.'),
}

const keyRecord = registerResponseSchema(
  'Key',
  z
    .strictObject(shape)
    .meta({ description: 'A key of the API, without the key itself.', examples: [example] }),
)

const keyExample = `ent_7c1a9f2b_${'kQ3v'.repeat(10)}kQ3`

const issuedKey = registerResponseSchema(
  'IssuedKey',
  z
    .strictObject({
      ...shape,
      key: z
        .string()
        .meta({ description: 'The key itself. It is shown only now: the registry stores only its hash.' }),
    })
    .meta({ description: 'A new key.', examples: [{ ...example, key: keyExample }] }),
)

const keyPage = namedPageSchema('KeyPage', keyRecord, {
  description: 'A page of keys.',
  example,
})

const expiryMessage = 'must be a date and time in the future, such as 2027-01-31T00:00:00Z'

/** Whether a date is before the year 10000 in UTC. A later date cannot be written in RFC 3339, whose years have four digits. */
export const isBeforeYear10000 = (date: string): boolean => new Date(date).getUTCFullYear() < 10000

/** Schema of the name of a key. */
export const keyName = line(200)

const newKey = registerRequestSchema(
  'Key',
  z
    .strictObject({
      name: keyName.meta({ description: 'Person or program that will use the key.' }),
      role: z
        .enum(roles)
        .meta({ description: 'reader, editor (writes too) or admin (redacts and manages keys too).' }),
      expiresAt: optional(
        z.iso
          .datetime({ offset: true, error: expiryMessage })
          .refine(isBeforeYear10000, 'must be before the year 10000 in UTC'),
      ).meta({
        description: 'When the key expires; left out or null for never.',
      }),
    })
    .meta({ description: 'Properties of a new key.', examples: [{ name: 'A dashboard', role: 'reader' }] }),
)

const keyCollection: KeyedCollection = { noun: 'key', key: { property: 'id', schema: keys.uuid() } }

const keyNotFound = (id: string) => new Problem('not-found', `There is no key ${id}.`)

/** The response to a repeated creation of a key. It does not have the key itself, which is not stored. */
function repeatedCreation({ headers: { location = '' } }: ApiResponse, url: string): ApiResponse {
  const detail = `The request was done before: it created the key ${location}, which is not shown again. If the key was lost, revoke it and create another one.`
  const problem = new Problem('conflict', detail)
  return {
    status: problem.status,
    headers: { location },
    type: 'application/problem+json; charset=utf-8',
    body: JSON.stringify(problem.toDocument(url)),
  }
}

/** Properties that the contracts of all key endpoints share. */
const common = { access: 'admin', query: {}, headers: [] } satisfies Partial<Contract>

const create: Endpoint = {
  method: 'POST',
  path: '/v1/keys',
  tag: 'keys',
  contract: {
    ...common,
    operationId: 'createKey',
    summary: 'Create a key',
    description:
      'The response has the key itself, which is not shown again: the registry stores only its hash. A repeated request with the same `Idempotency-Key` creates no second key, and gets 409 with the `Location` of the first.',
    headers: [idempotencyKey],
    body: {
      mediaTypes: ['application/json'],
      schema: () => newKey,
      example: { name: 'A dashboard', role: 'reader' },
    },
    responses: {
      201: { description: 'The new key.', schema: () => issuedKey, headers: { location: locationHeader } },
    },
    problems: ['invalid-body', 'conflict', ...idempotencyProblems],
  },
  async handle(request, { database, keyring }) {
    const { data, faults } = checkValue(newKey, request.body)
    if (faults) throw invalidBody('key', faults)
    const expiresAt = data.expiresAt === null ? null : new Date(data.expiresAt)
    if (expiresAt && expiresAt <= (await database.clock.now()))
      throw invalidBody('key', [
        { pointer: '/expiresAt', code: 'wrong_format', message: 'must be in the future' },
      ])
    const response = await runOnce(
      database,
      request,
      async (transaction) => {
        const { key, record } = await createKey(transaction, { ...data, expiresAt })
        const headers = { location: `/v1/keys/${record.id}`, 'cache-control': 'no-store' }
        return { status: 201, headers, body: JSON.stringify({ ...record, key }) }
      },
      (first) => repeatedCreation(first, request.url),
    )
    keyring.invalidate()
    return response
  },
}

const list: Endpoint = {
  method: 'GET',
  path: '/v1/keys',
  tag: 'keys',
  contract: {
    ...common,
    operationId: 'listKeys',
    summary: 'List keys',
    description: 'All keys, newest first, including expired and revoked ones.',
    query: {
      limit: limitParameter('Keys per page', pageSize),
      cursor: cursorParameter(keys.uuid(), 'Cursor of the page: `page.next` of the page before.'),
    },
    responses: { 200: { description: 'A page of keys.', schema: () => keyPage, headers: {} } },
  },
  async handle({ query }, { database }) {
    const limit = getLimit(query, pageSize)
    const [cursor] = getStringValues(query, 'cursor')
    const found = await listKeys(database, limit + 1, cursor)
    const body = pageOf(found, limit, { toJson: (key) => JSON.stringify(key), cursorOf: ({ id }) => id })
    return { status: 200, headers: {}, body }
  },
}

const read: Endpoint = {
  method: 'GET',
  path: '/v1/keys/{id}',
  tag: 'keys',
  collection: keyCollection,
  contract: {
    ...common,
    operationId: 'getKey',
    summary: 'Read one key',
    description: 'Everything about a key except the key itself, which is not stored.',
    responses: { 200: { description: 'The key.', schema: () => keyRecord, headers: {} } },
    problems: ['not-found'],
  },
  async handle({ key }, { database }) {
    const record = await readKey(database, key)
    if (!record) throw keyNotFound(key)
    return { status: 200, headers: {}, body: JSON.stringify(record) }
  },
}

const revoke: Endpoint = {
  method: 'DELETE',
  path: '/v1/keys/{id}',
  tag: 'keys',
  collection: keyCollection,
  contract: {
    ...common,
    operationId: 'revokeKey',
    summary: 'Revoke a key',
    description:
      'Every process of the service refuses the key within a second. The key stays in the list with `revokedAt`; revoking it again changes nothing.',
    headers: [idempotencyKey],
    responses: { 204: { description: 'The key is revoked.', headers: replayedHeaders } },
    problems: ['not-found', ...idempotencyProblems],
  },
  async handle(request, { database, keyring }) {
    const response = await runOnce(database, request, async (transaction) => {
      if (!(await revokeKey(transaction, request.key))) throw keyNotFound(request.key)
      return { status: 204, headers: {} }
    })
    keyring.invalidate()
    return response
  },
}

/** The keys of the API, for administrators. */
export const keyEndpoints: readonly Endpoint[] = [create, list, read, revoke]
