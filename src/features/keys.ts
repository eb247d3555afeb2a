import { z } from 'zod'
import { createKey, type KeyRecord, listKeys, readKey, revokeKey } from '../database/keys.ts'
import { roles } from '../database/vocabularies.ts'
import { keys } from '../model/keys.ts'
import { getValues, getWords, limitParameter, single } from '../model/parameters.ts'
import { nameInput, nameOutput } from '../model/schema-names.ts'
import { line, optional } from '../model/schemas.ts'
import type { ApiResponse, Contract, Endpoint, Keyed } from '../operations/operation.ts'
import { pageEnvelope } from '../operations/page-envelope.ts'
import { locationHeader, pageInfoSchema } from '../operations/response-schemas.ts'
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

const moment = (description: string) => z.iso.datetime().nullable().meta({ description })

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
  id: keys.uuid().meta({ description: 'Names the key in URLs.' }),
  name: z.string().meta({ description: 'Who or what has it.' }),
  role: z
    .enum(roles)
    .meta({ description: 'What it allows: each role may also do what those before it may.' }),
  prefix: z.string().meta({ description: 'What the key begins with, to recognise it by.' }),
  createdAt: z.iso.datetime().meta({ description: 'When it was made.' }),
  expiresAt: moment('From when on it is refused; null for never.'),
  lastUsedAt: moment('When it was last used, to the minute; null for never.'),
  revokedAt: moment('When it was revoked; null while it is good.'),
}

const keyRecord = nameOutput(
  'Key',
  z
    .strictObject(shape)
    .meta({ description: 'A key of the API, without the key itself.', examples: [example] }),
)

const keyExample = `ent_7c1a9f2b_${'kQ3v'.repeat(10)}kQ3`

const issuedKey = nameOutput(
  'IssuedKey',
  z
    .strictObject({
      ...shape,
      key: z
        .string()
        .meta({ description: 'The key itself, which is shown only now: only its hash is kept.' }),
    })
    .meta({ description: 'A new key.', examples: [{ ...example, key: keyExample }] }),
)

const keyPage = nameOutput(
  'KeyPage',
  z.strictObject({ data: z.array(keyRecord), page: pageInfoSchema }).meta({
    description: 'A page of keys.',
    examples: [{ data: [example], page: { limit: 25, next: null } }],
  }),
)

const right = 'must be a date and time to come, such as 2027-01-31T00:00:00Z'

const newKey = nameInput(
  'Key',
  z
    .strictObject({
      name: line(200).meta({ description: 'Who or what gets it, to recognise it by.' }),
      role: z.enum(roles).meta({ description: 'reader, editor (writes too) or admin (manages keys too).' }),
      expiresAt: optional(z.iso.datetime({ offset: true, error: right })).meta({
        description: 'From when on it is refused; left out or null for never.',
      }),
    })
    .meta({ description: 'What a key is to be like.', examples: [{ name: 'A dashboard', role: 'reader' }] }),
)

const keyed: Keyed = { noun: 'key', key: { property: 'id', schema: keys.uuid() } }

const shown = (record: KeyRecord, more: { key?: string } = {}) => JSON.stringify({ ...record, ...more })

const noSuch = (id: string) => new Problem('not-found', `There is no key ${id}.`)

/** The response to a repeated creation of a key. It has no secret, because the secret is not stored. */
function madeBefore({ headers: { location = '' } }: ApiResponse, url: string): ApiResponse {
  const detail = `The request has been done: it made the key ${location}, which is not shown again. If it has been lost, revoke it and make another one.`
  const problem = new Problem('conflict', detail)
  return {
    status: problem.status,
    headers: { location },
    type: 'application/problem+json; charset=utf-8',
    body: JSON.stringify(problem.toDocument(url)),
  }
}

/** What the contracts of all key endpoints share. */
const common = { access: 'admin', query: {}, headers: [] } satisfies Partial<Contract>

const create: Endpoint = {
  method: 'POST',
  path: '/v1/keys',
  tag: 'keys',
  contract: {
    ...common,
    operationId: 'createKey',
    summary: 'Make a key',
    description:
      'The answer has the key itself, which is not shown again: the registry keeps only a hash of it. A repetition with the same `Idempotency-Key` makes no other key, and is answered 409 with the place of the first.',
    headers: [idempotencyKey],
    body: {
      mediaTypes: ['application/json'],
      schema: () => newKey,
      example: { name: 'A dashboard', role: 'reader' },
    },
    answers: {
      201: { description: 'The new key.', schema: () => issuedKey, headers: { location: locationHeader } },
    },
    problems: [
      'malformed-request',
      'invalid-parameter',
      'not-acceptable',
      'too-large',
      'unsupported-media-type',
      'invalid-body',
      'conflict',
      ...idempotencyProblems,
    ],
  },
  async handle(request, { database, keyring }) {
    const { data, faults } = checkValue(newKey, request.body)
    if (faults) throw invalidBody('key', faults)
    const expiresAt = data.expiresAt === null ? null : new Date(data.expiresAt)
    if (expiresAt && expiresAt <= (await database.clock.now()))
      throw invalidBody('key', [{ pointer: '/expiresAt', code: 'wrong_format', message: right }])
    const answer = await runOnce(
      database,
      request,
      async (transaction) => {
        const { key, record } = await createKey(transaction, { ...data, expiresAt })
        const headers = { location: `/v1/keys/${record.id}`, 'cache-control': 'no-store' }
        return { status: 201, headers, body: shown(record, { key }) }
      },
      (made) => madeBefore(made, request.url),
    )
    keyring.changed()
    return answer
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
    description: 'The newest first; those that have expired or been revoked are among them.',
    query: {
      limit: limitParameter('Keys in a page', pageSize),
      cursor: single(keys.uuid(), 'Where to go on: `page.next` of the page before.'),
    },
    answers: { 200: { description: 'A page of keys.', schema: () => keyPage, headers: {} } },
    problems: ['malformed-request', 'invalid-parameter', 'not-acceptable'],
  },
  async handle({ query }, { database }) {
    const limit = Number(getValues(query, 'limit')[0] ?? pageSize.defaultSize)
    const [cursor] = getWords(query, 'cursor')
    const found = await listKeys(database, limit + 1, cursor)
    const data = found.slice(0, limit)
    const items = data.map((key) => JSON.stringify(key)).join(',')
    const next = found.length > limit ? (data.at(-1)?.id ?? null) : null
    return { status: 200, headers: {}, body: pageEnvelope(items, { limit, next }) }
  },
}

const read: Endpoint = {
  method: 'GET',
  path: '/v1/keys/{id}',
  tag: 'keys',
  keyed,
  contract: {
    ...common,
    operationId: 'getKey',
    summary: 'Read one key',
    description: 'What is kept of a key, which is everything but the key itself.',
    answers: { 200: { description: 'The key.', schema: () => keyRecord, headers: {} } },
    problems: ['malformed-request', 'invalid-parameter', 'not-found', 'not-acceptable'],
  },
  async handle({ key }, { database }) {
    const record = await readKey(database, key)
    if (!record) throw noSuch(key)
    return { status: 200, headers: {}, body: shown(record) }
  },
}

const revoke: Endpoint = {
  method: 'DELETE',
  path: '/v1/keys/{id}',
  tag: 'keys',
  keyed,
  contract: {
    ...common,
    operationId: 'revokeKey',
    summary: 'Revoke a key',
    description:
      'It is refused from now on, by every process of the service, for good. It stays in the list, marked as revoked; revoking it again changes nothing.',
    headers: [idempotencyKey],
    answers: { 204: { description: 'It is revoked.', headers: replayedHeaders } },
    problems: [
      'malformed-request',
      'invalid-parameter',
      'not-found',
      'not-acceptable',
      ...idempotencyProblems,
    ],
  },
  async handle(request, { database, keyring }) {
    const answer = await runOnce(database, request, async (transaction) => {
      if (!(await revokeKey(transaction, request.key))) throw noSuch(request.key)
      return { status: 204, headers: {} }
    })
    keyring.changed()
    return answer
  },
}

/** The keys of the API, for administrators. */
export const keyEndpoints: readonly Endpoint[] = [create, list, read, revoke]
