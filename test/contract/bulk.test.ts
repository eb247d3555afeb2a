import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { agreement, agreements, faultsIn, resultsIn, sendBulk, sendNonAtomic } from '../support/bulk.ts'
import {
  type CreatedRecord,
  count,
  createRecord,
  type Document,
  exampleDocument,
  keyIn,
  nameProperty,
  pathTo,
  readProblem,
  unusedKey,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

describe.each(resources)('a bulk request for $name', (resource) => {
  const { property, assignedBy } = resource.key
  const name = nameProperty(resource)
  const keyOf = (created: CreatedRecord) => ({ [property]: created.key })

  it('applies operations of every kind, and stores the reason of the request in revisions', async () => {
    const [patched, replaced, same, removed] = [
      await createRecord(resource, api, await fullDocument(resource, api)),
      await createRecord(resource, api, await fullDocument(resource, api)),
      await createRecord(resource, api, await fullDocument(resource, api)),
      await createRecord(resource, api),
    ]
    const created = await fullDocument(resource, api)
    const upserted: Document = { [property]: randomUUID(), ...(await exampleDocument(resource, api)) }
    const document = {
      ...(await exampleDocument(resource, api)),
      ...(assignedBy === 'client' && keyOf(replaced)),
    }
    const response = await sendBulk(
      api,
      resource,
      [
        { op: 'remove', ...keyOf(removed), ifMatch: '1' },
        { op: 'patch', ...keyOf(patched), ifMatch: '1', patch: { [name]: 'Patched' } },
        { op: 'create', document: created },
        { op: 'replace', ...keyOf(replaced), ifMatch: '*', document },
        { op: 'upsert', [property]: upserted[property], document: upserted },
        { op: 'patch', ...keyOf(same), ifMatch: '"1"', patch: {} },
      ],
      '',
      { headers: { 'change-reason': 'All at once' } },
    )
    const results = resultsIn(response)
    expect(results.map(({ status, version, unchanged }) => [status, version, unchanged])).toEqual([
      [204, 2, false],
      [200, 2, false],
      [201, 1, false],
      [200, 2, false],
      [201, 1, false],
      [200, 1, true],
    ])
    expect((await api.get(removed.path)).status).toBe(404)
    const stored = await Promise.all(
      results
        .slice(1)
        .map(async (result) => (await api.get(pathTo(resource, keyIn(resource, result)))).json()),
    )
    expect(stored[0]).toEqual({
      ...patched.record,
      [name]: 'Patched',
      version: 2,
      updatedAt: expect.any(String),
    })
    expect(stored.slice(1)).toMatchObject([created, document, upserted, same.record])
    const { data } = (await api.get(`${patched.path}/history`)).json<{ data: Document[] }>()
    expect(data[0]).toMatchObject({ version: 2, operation: 'patch', reason: 'All at once' })
    const removals = (await api.get(`${removed.path}/history`)).json<{ data: Document[] }>().data
    expect(removals[0]).toMatchObject({ version: 2, operation: 'remove', reason: 'All at once' })
  })

  it('reports a replacement or upsert that equals the stored record as unchanged', async () => {
    const created = await createRecord(resource, api, await fullDocument(resource, api))
    const upsert = { op: 'upsert', ...keyOf(created), document: created.record }
    const replace = { ...upsert, op: 'replace', ifMatch: '1' }
    const same = { status: 200, ...keyOf(created), version: 1, unchanged: true }
    for (const operation of [upsert, replace])
      expect(resultsIn(await sendBulk(api, resource, [operation]))).toEqual([same])
    const renamed = { ...upsert, document: { ...created.record, [name]: 'Renamed' } }
    const [result] = resultsIn(await sendNonAtomic(api, resource, [renamed]))
    expect(result).toEqual({ ...same, version: 2, unchanged: false })
  })

  it('writes nothing when any operation has a fault, and returns faults of each with pointers', async () => {
    const created = await createRecord(resource, api)
    const before = await count(api, resource)
    const document = await exampleDocument(resource, api)
    const response = await sendBulk(api, resource, [
      { op: 'create', document },
      { op: 'create', document: { ...document, unheardOf: 1, [name]: 7 } },
      { op: 'patch', [property]: unusedKey(resource), ifMatch: '*', patch: {} },
      { op: 'patch', ...keyOf(created), ifMatch: '7', patch: { [name]: 'B' } },
      { op: 'remove', ...keyOf(created) },
      { op: 'replace', ...keyOf(created), ifMatch: '*', document: { ...created.record, version: 7 } },
      { op: 'creat', document },
      { op: 'upsert', document },
      { op: 'patch', ifMatch: '*', [property]: created.key, patch: { [name]: 7 }, more: 1 },
      7,
    ])
    expect(response.status).toBe(422)
    expect(response.text).toContain('in the 10 operations')
    expect(faultsIn(response)).toEqual(
      [
        [`/operations/1/document/${name}`, 'wrong_type'],
        ['/operations/1/document/unheardOf', 'unknown'],
        [`/operations/2/${property}`, 'not_found'],
        ['/operations/3/ifMatch', 'stale_version'],
        ['/operations/4/ifMatch', 'required'],
        ['/operations/5/document/version', 'read_only'],
        ['/operations/6/op', 'unknown_value'],
        [
          'externalIds' in resource.document.shape ? '/operations/7' : `/operations/7/${property}`,
          'required',
        ],
        ['/operations/8/more', 'unknown'],
        ['/operations/9', 'wrong_type'],
      ].sort(),
    )
    expect(await count(api, resource)).toBe(before)
    expect((await api.get(created.path)).json()).toEqual(created.record)
  })

  it.each(['{"toString":1}', '[{"toString":1}]', '{"valueOf":null,"toString":null}', '7', 'null', '[]'])(
    'is refused when the op of an operation is %s instead of a string',
    async (op) => {
      const response = await sendBulk(api, resource, [{ op: JSON.parse(op) }])
      expect(response.status).toBe(422)
      expect(faultsIn(response)).toEqual([['/operations/0/op', 'unknown_value']])
    },
  )

  it('with atomic=false applies or refuses each operation separately, with its own problem', async () => {
    const created = await createRecord(resource, api)
    const [first, last] = [await exampleDocument(resource, api), await fullDocument(resource, api)]
    const results = resultsIn(
      await sendNonAtomic(api, resource, [
        { op: 'create', document: first },
        { op: 'create', document: { unheardOf: 1 } },
        { op: 'patch', ...keyOf(created), ifMatch: '7', patch: {} },
        { op: 'remove', [property]: unusedKey(resource), ifMatch: '*' },
        { op: 'remove', ...keyOf(created) },
        { op: 'create', document: last },
      ]),
    )
    expect(results.map(({ status }) => status)).toEqual([201, 422, 412, 404, 428, 201])
    expect(results[2]?.problem).toMatchObject({ type: '/problems/stale-version', status: 412 })
    const record = (await api.get(pathTo(resource, keyIn(resource, results[5] ?? {})))).json()
    expect(record).toMatchObject(last)
  })

  it('is refused with two operations on one record, or one key or external id for two records', async () => {
    const created = await createRecord(resource, api)
    const document = await exampleDocument(resource, api)
    const response = await sendBulk(api, resource, [
      { op: 'patch', ...keyOf(created), ifMatch: '*', patch: {} },
      { op: 'create', document },
      { op: 'remove', ...keyOf(created), ifMatch: '*' },
      { op: 'create', document },
    ])
    expect(response.status).toBe(422)
    expect(faultsIn(response).map(([pointer]) => pointer)).toEqual([
      '/operations/2',
      assignedBy === 'client' ? `/operations/3/document/${property}` : '/operations/3/document/externalIds/0',
    ])
  })

  it('that creates a record with a taken key is refused with 409 and a pointer', async () => {
    const taken = await createRecord(resource, api, await fullDocument(resource, api))
    const { version, createdAt, updatedAt, ...document } = taken.record
    const response = await sendBulk(api, resource, [
      { op: 'create', document: await exampleDocument(resource, api) },
      { op: 'create', document },
    ])
    expect(response.status).toBe(409)
    const [fault] = readProblem(response).errors ?? []
    expect(fault).toMatchObject({ pointer: `/operations/1/document/${property}`, code: 'taken' })
  })
})

it('faults of operations refused for several reasons are in the order of the request', async () => {
  const missing = { op: 'patch', id: randomUUID(), ifMatch: '*', patch: {} }
  const response = await sendBulk(api, agreements, [missing, { op: 'unknown' }, missing])
  expect(readProblem(response)).toMatchObject({
    type: '/problems/invalid-body',
    errors: [
      { pointer: '/operations/0/id' },
      { pointer: '/operations/1/op' },
      { pointer: '/operations/2/id' },
    ],
  })
  const alone = await sendBulk(api, agreements, [missing])
  expect(readProblem(alone)).toMatchObject({ type: '/problems/not-found' })
})

it('a bulk request with an Idempotency-Key is applied once', async () => {
  const options = { headers: { 'idempotency-key': randomUUID() } }
  const operations = [{ op: 'create', document: agreement() }]
  const first = await sendBulk(api, agreements, operations, '', options)
  const again = await sendBulk(api, agreements, operations, '', options)
  expect(again.text).toBe(first.text)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect((await sendBulk(api, agreements, operations, '?atomic=false', options)).status).toBe(422)
})

it.each(['', '?atomic=false'])(
  'one of concurrent upserts by external id creates the record, with the query %j',
  async (query) => {
    for (let round = 0; round < 5; round += 1) {
      const externalId = { scheme: 'concurrent', id: randomUUID() }
      const upsert = { op: 'upsert', externalId, document: agreement({ externalIds: [externalId] }) }
      const send = () => sendBulk(api, agreements, [upsert], query)
      const responses = await Promise.all([send(), send(), send(), send()])
      const results = responses.flatMap((response) => resultsIn(response))
      expect(results.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201])
      expect(new Set(results.map(({ id }) => id)).size).toBe(1)
    }
  },
)

it('an operation that repeats an external id leaves its other external ids to later ones', async () => {
  const [first, other] = [randomUUID(), randomUUID()].map((id) => ({ scheme: 'repeated', id }))
  const create = (...externalIds: unknown[]) => ({ op: 'create', document: agreement({ externalIds }) })
  const operations = [create(first), create(first, other), create(other), create(other)]
  const results = resultsIn(await sendNonAtomic(api, agreements, operations))
  expect(results.map(({ status }) => status)).toEqual([201, 422, 201, 422])
  expect(results[3]?.problem?.errors).toMatchObject([{ message: expect.stringContaining('operation 2') }])
})

it('creates and upserts do not use the version and times of records of another registry', async () => {
  const time = '1999-01-31T09:30:00.000Z'
  const document = { ...agreement(), id: randomUUID(), version: 99, createdAt: time, updatedAt: time }
  const upserted = { op: 'upsert', id: document.id, document: { ...document, title: 'Upserted' } }
  for (const [version, operation] of [
    [1, { op: 'create', document }],
    [2, upserted],
  ] as const) {
    const response = await sendBulk(api, agreements, [operation])
    expect(response.json()).toMatchObject({ results: [{ id: document.id, version }] })
    const record = (await api.get(pathTo(agreements, document.id))).json()
    expect(record.version).toBe(version)
    expect([record.createdAt, record.updatedAt]).not.toContain(time)
  }
  const wrong = { ...document, id: randomUUID(), version: 0, createdAt: 'then' }
  for (const operation of [
    { op: 'create', document: wrong },
    { op: 'upsert', id: wrong.id, document: wrong },
  ]) {
    const response = await sendBulk(api, agreements, [operation])
    expect(response.status).toBe(422)
    expect(faultsIn(response)).toEqual([
      ['/operations/0/document/createdAt', 'wrong_format'],
      ['/operations/0/document/version', 'too_small'],
    ])
  }
})

it.each([
  [{}, [{ pointer: '/operations', code: 'required' }]],
  [{ operations: {} }, [{ pointer: '/operations', code: 'wrong_type' }]],
  [{ operations: [] }, [{ pointer: '/operations', code: 'too_small', limit: 1 }]],
  [[], [{ pointer: '', code: 'wrong_type' }]],
])('a bulk request without operations is refused, and its faults say why: %j', async (body, errors) => {
  const response = await api.post('/v1/agreements/bulk', body)
  expect(readProblem(response)).toMatchObject({ status: 422, errors })
})

it('an unknown property of a bulk request is refused, together with its other faults', async () => {
  const response = await api.post('/v1/agreements/bulk', { operations: [], more: 1 })
  expect(faultsIn(response)).toEqual([
    ['/more', 'unknown'],
    ['/operations', 'too_small'],
  ])
})

it('the error of a wrong ifMatch in a bulk request says that a version is text', async () => {
  const operation = { op: 'remove', id: randomUUID(), ifMatch: 'three' }
  const response = await api.post('/v1/agreements/bulk', { operations: [operation] })
  expect(response.status).toBe(422)
  expect(response.text).toContain('must be a version as text, such as \\"3\\", or \\"*\\" for any version')
})
