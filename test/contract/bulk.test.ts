import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '../../src/resources/index.ts'
import type { Resource } from '../../src/resources/resource.ts'
import { type Api, type HttpAnswer, openApi, type RequestOptions } from '../support/api.ts'
import {
  count,
  type Document,
  fullSample,
  keyIn,
  listPath,
  type Made,
  make,
  nameProperty,
  pathTo,
  type Refusal,
  refusal,
  resourceOf,
  sample,
  smallSample,
  unusedKey,
} from '../support/documents.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

type Result = { status: number; version?: number; problem?: Refusal } & Document

const send = (resource: Resource, operations: unknown, query = '', options?: RequestOptions) =>
  api.post(`${listPath(resource)}/bulk${query}`, { operations }, options)
const each = (resource: Resource, operations: unknown) => send(resource, operations, '?atomic=false')
const resultsIn = (answer: HttpAnswer) => {
  expect(answer.status, answer.text).toBe(200)
  return answer.json<{ results: Result[] }>().results
}
const faultsIn = (answer: HttpAnswer) =>
  (refusal(answer).errors ?? []).map(({ pointer, code }) => [pointer, code]).sort()

const agreements = resourceOf('agreements')
const agreement = <More extends object>(more?: More) => ({ title: 'Of many', kind: 'other', ...more })

describe.each(resources)('many operations on $name', (resource) => {
  const { property, madeBy } = resource.key
  const name = nameProperty(resource)
  const naming = (made: Made) => ({ [property]: made.key })

  it('are done together: each record is as after the same operation alone, with its revision', async () => {
    const [patched, replaced, same, removed] = [
      await make(resource, api, await fullSample(resource, api)),
      await make(resource, api, await fullSample(resource, api)),
      await make(resource, api, await fullSample(resource, api)),
      await make(resource, api),
    ]
    const created = await fullSample(resource, api)
    const upserted: Document = { [property]: randomUUID(), ...(await sample(resource, api)) }
    const document = { ...(await sample(resource, api)), ...(madeBy === 'client' && naming(replaced)) }
    const answer = await send(
      resource,
      [
        { op: 'remove', ...naming(removed), ifMatch: '1' },
        { op: 'patch', ...naming(patched), ifMatch: '1', patch: { [name]: 'Patched' } },
        { op: 'create', document: created },
        { op: 'replace', ...naming(replaced), ifMatch: '*', document },
        { op: 'upsert', [property]: upserted[property], document: upserted },
        { op: 'patch', ...naming(same), ifMatch: '"1"', patch: {} },
      ],
      '',
      { headers: { 'change-reason': 'All at once' } },
    )
    const results = resultsIn(answer)
    expect(results.map(({ status, version }) => [status, version])).toEqual([
      [204, 2],
      [200, 2],
      [201, 1],
      [200, 2],
      [201, 1],
      [200, 1],
    ])
    expect((await api.get(removed.path)).status).toBe(404)
    const now = await Promise.all(
      results
        .slice(1)
        .map(async (result) => (await api.get(pathTo(resource, keyIn(resource, result)))).json()),
    )
    expect(now[0]).toEqual({
      ...patched.record,
      [name]: 'Patched',
      version: 2,
      updatedAt: expect.any(String),
    })
    expect(now.slice(1)).toMatchObject([created, document, upserted, same.record])
    const { data } = (await api.get(`${patched.path}/history`)).json<{ data: Document[] }>()
    expect(data[0]).toMatchObject({ version: 2, operation: 'patch', reason: 'All at once' })
    const gone = (await api.get(`${removed.path}/history`)).json<{ data: Document[] }>().data
    expect(gone[0]).toMatchObject({ version: 2, operation: 'remove', reason: 'All at once' })
  })

  it('are none of them done when any is at fault, and all faults are named at their places', async () => {
    const made = await make(resource, api)
    const before = await count(api, resource)
    const document = await sample(resource, api)
    const answer = await send(resource, [
      { op: 'create', document },
      { op: 'create', document: { ...document, unheardOf: 1, [name]: 7 } },
      { op: 'patch', [property]: unusedKey(resource), ifMatch: '*', patch: {} },
      { op: 'patch', ...naming(made), ifMatch: '7', patch: { [name]: 'B' } },
      { op: 'remove', ...naming(made) },
      { op: 'replace', ...naming(made), ifMatch: '*', document: { ...made.record, version: 7 } },
      { op: 'creat', document },
      { op: 'upsert', document },
      { op: 'patch', ifMatch: '*', [property]: made.key, patch: { [name]: 7 }, more: 1 },
      7,
    ])
    expect(answer.status).toBe(422)
    const places = faultsIn(answer).filter(
      ([pointer]) => !/^\/operations\/[01]\/document\/id$/.test(pointer ?? ''),
    )
    expect(places).toEqual(
      [
        [`/operations/1/document/${name}`, 'wrong_type'],
        ['/operations/1/document/unheardOf', 'unknown'],
        [`/operations/2/${property}`, 'not_found'],
        ['/operations/3/ifMatch', 'stale_version'],
        ['/operations/4/ifMatch', 'required'],
        ['/operations/5/document/version', 'read_only'],
        ['/operations/6/op', 'invalid'],
        [
          'externalIds' in resource.document.shape ? '/operations/7' : `/operations/7/${property}`,
          'required',
        ],
        ['/operations/8/more', 'unknown'],
        ['/operations/9', 'wrong_type'],
      ].sort(),
    )
    expect(await count(api, resource)).toBe(before)
    expect((await api.get(made.path)).json()).toEqual(made.record)
  })

  it.each(['{"toString":1}', '[{"toString":1}]', '{"valueOf":null,"toString":null}', '7', 'null', '[]'])(
    'are refused where the kind of operation is %s, which is no word',
    async (op) => {
      const answer = await send(resource, [{ op: JSON.parse(op) }])
      expect(answer.status).toBe(422)
      expect(faultsIn(answer)).toEqual([['/operations/0/op', 'invalid']])
    },
  )

  it('with atomic=false are each done or refused by itself, with the problem that it has alone', async () => {
    const made = await make(resource, api)
    const [first, last] = [await sample(resource, api), await fullSample(resource, api)]
    const results = resultsIn(
      await each(resource, [
        { op: 'create', document: first },
        { op: 'create', document: { unheardOf: 1 } },
        { op: 'patch', ...naming(made), ifMatch: '7', patch: {} },
        { op: 'remove', [property]: unusedKey(resource), ifMatch: '*' },
        { op: 'remove', ...naming(made) },
        { op: 'create', document: last },
      ]),
    )
    expect(results.map(({ status }) => status)).toEqual([201, 422, 412, 404, 428, 201])
    expect(results[2]?.problem).toMatchObject({ type: '/problems/stale-version', status: 412 })
    const record = (await api.get(pathTo(resource, keyIn(resource, results[5] ?? {})))).json()
    expect(record).toMatchObject(last)
  })

  it('about the same record, or with one key or external id for two, are refused', async () => {
    const made = await make(resource, api)
    const document = await sample(resource, api)
    const answer = await send(resource, [
      { op: 'patch', ...naming(made), ifMatch: '*', patch: {} },
      { op: 'create', document },
      { op: 'remove', ...naming(made), ifMatch: '*' },
      { op: 'create', document },
    ])
    expect(answer.status).toBe(422)
    expect(faultsIn(answer).map(([pointer]) => pointer)).toEqual([
      '/operations/2',
      madeBy === 'client' ? `/operations/3/document/${property}` : '/operations/3/document/externalIds/0',
    ])
  })

  it('that take what others have are refused with 409 and the place', async () => {
    const taken = await make(resource, api, await fullSample(resource, api))
    const { version, createdAt, updatedAt, ...document } = taken.record
    const answer = await send(resource, [
      { op: 'create', document: await sample(resource, api) },
      { op: 'create', document },
    ])
    expect(answer.status).toBe(409)
    const [fault] = refusal(answer).errors ?? []
    expect(fault).toMatchObject({ pointer: `/operations/1/document/${property}`, code: 'taken' })
  })
})

describe('an operation by external id', () => {
  const own = resources.filter((resource) => 'externalIds' in resource.document.shape)

  it.each(own)('changes, removes or makes the one of $name that is called so', async (resource) => {
    const name = nameProperty(resource)
    const made = await make(resource, api, await fullSample(resource, api))
    const idOf = (document: Document) => (document.externalIds as { scheme: string; id: string }[])[0]
    const externalId = idOf(made.record)
    const fresh = {
      ...(await smallSample(resource, api)),
      externalIds: [{ scheme: 'bulk', id: randomUUID() }],
    }
    const first = resultsIn(
      await send(resource, [
        { op: 'patch', externalId, ifMatch: '1', patch: { [name]: 'By its external id' } },
        { op: 'upsert', externalId: idOf(fresh), document: fresh },
      ]),
    )
    expect(first.map(({ status }) => status)).toEqual([200, 201])
    expect(first[0]?.id).toBe(made.key)
    const again = { ...fresh, [name]: 'Replaced' }
    const second = resultsIn(
      await send(resource, [
        { op: 'remove', externalId, ifMatch: '2' },
        { op: 'upsert', externalId: idOf(fresh), document: again },
      ]),
    )
    expect(second).toMatchObject([{ status: 204 }, { status: 200, id: first[1]?.id, version: 2 }])
    const third = await send(resource, [
      { op: 'patch', externalId, ifMatch: '*', patch: {} },
      { op: 'upsert', externalId: { scheme: 'bulk', id: 'other' }, document: fresh },
      { op: 'remove', externalId: idOf(fresh), id: made.key, ifMatch: '*' },
    ])
    expect(faultsIn(third)).toEqual([
      ['/operations/0/externalId', 'not_found'],
      ['/operations/1/document/externalIds', 'missing'],
      ['/operations/2', 'required'],
    ])
  })

  it('is refused where the resource has none', async () => {
    const externalId = { scheme: 'a', id: 'b' }
    const answer = await send(resourceOf('topics'), [{ op: 'remove', externalId, ifMatch: '*' }])
    expect(faultsIn(answer)).toEqual([
      ['/operations/0/externalId', 'unknown'],
      ['/operations/0/slug', 'required'],
    ])
  })
})

describe('what operations refer to', () => {
  it('may be created with them, in any order', async () => {
    const [one, other] = [randomUUID(), randomUUID()]
    const made = await make(agreements, api)
    const results = resultsIn(
      await send(agreements, [
        {
          op: 'patch',
          id: made.key,
          ifMatch: '*',
          patch: { relations: [{ kind: 'renews', agreement: one }] },
        },
        { op: 'create', document: agreement({ id: one, relations: [{ kind: 'renews', agreement: other }] }) },
        { op: 'create', document: agreement({ id: other }) },
      ]),
    )
    expect(results).toMatchObject([{ id: made.key, version: 2 }, { id: one }, { id: other }])
  })

  it('may be removed with them, or after they have let go of it', async () => {
    const target = await make(agreements, api)
    const relations = [{ kind: 'renews', agreement: target.key }]
    const [one, other] = [
      await make(agreements, api, agreement({ relations })),
      await make(agreements, api, agreement({ relations })),
    ]
    const remove = { op: 'remove', id: target.key, ifMatch: '*' }
    const refused = await send(agreements, [remove, { op: 'remove', id: one.key, ifMatch: '*' }])
    expect(refused.status).toBe(409)
    expect(refusal(refused).errors).toMatchObject([
      { pointer: '/operations/0', code: 'referred_to', message: `${other.path} refers to it` },
    ])
    const results = resultsIn(
      await send(agreements, [
        remove,
        { op: 'remove', id: one.key, ifMatch: '*' },
        { op: 'patch', id: other.key, ifMatch: '*', patch: { relations: [] } },
      ]),
    )
    expect(results.map(({ status }) => status)).toEqual([204, 204, 200])
  })

  it('is named at its place when it is not there, and only what depends on it is not done', async () => {
    const [lost, nowhere] = [randomUUID(), randomUUID()]
    const operations = [
      { op: 'create', document: agreement({ topics: ['energy', 'no-such-topic'], id: lost }) },
      { op: 'create', document: agreement({ relations: [{ kind: 'renews', agreement: nowhere }] }) },
      { op: 'create', document: agreement({ relations: [{ kind: 'renews', agreement: lost }] }) },
      { op: 'create', document: agreement() },
    ]
    const answer = await send(agreements, operations)
    expect(answer.status).toBe(422)
    expect(faultsIn(answer)).toEqual([
      ['/operations/0/document/topics/1', 'dangling_reference'],
      ['/operations/1/document/relations/0/agreement', 'dangling_reference'],
    ])
    const results = resultsIn(await each(agreements, operations))
    expect(results.map(({ status }) => status)).toEqual([422, 422, 422, 201])
    expect(results[2]?.problem?.errors).toMatchObject([
      { pointer: '/operations/2/document/relations/0/agreement', code: 'dangling_reference' },
    ])
  })

  it('can’t make a record stand below itself, which spoils no other', async () => {
    const bases = resourceOf('cooperation-bases')
    const [one, other] = [randomUUID(), randomUUID()]
    const base = (id: string, partOf: string | null) => ({ id, name: 'A base', kind: 'other', partOf })
    const results = resultsIn(
      await each(bases, [
        { op: 'create', document: base(one, other) },
        { op: 'create', document: base(other, one) },
        { op: 'create', document: base(randomUUID(), null) },
      ]),
    )
    expect(results.map(({ status }) => status)).toEqual([422, 422, 201])
  })
})

it('of two creations that want the same, one gets it where each is by itself', async () => {
  const countries = resourceOf('countries')
  const [one, other] = [await sample(countries, api), await sample(countries, api)]
  const results = resultsIn(
    await each(countries, [
      { op: 'create', document: one },
      { op: 'create', document: { ...other, alpha2: one.alpha2 } },
    ]),
  )
  expect(results.map(({ status }) => status)).toEqual([201, 409])
  expect(results[1]?.problem?.errors).toMatchObject([{ pointer: '/operations/1/document/alpha2' }])
})

it('is done once under an Idempotency-Key', async () => {
  const options = { headers: { 'idempotency-key': randomUUID() } }
  const operations = [{ op: 'create', document: agreement() }]
  const first = await send(agreements, operations, '', options)
  const again = await send(agreements, operations, '', options)
  expect(again.text).toBe(first.text)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect((await send(agreements, operations, '?atomic=false', options)).status).toBe(422)
})

it.each([
  [{}, 422, '/operations'],
  [{ operations: [] }, 422, '/operations'],
  [{ operations: 7 }, 422, '/operations'],
  [{ operations: [], more: 1 }, 422, '/more'],
  [[], 422, ''],
])('a body without operations is refused: %j', async (body, status, pointer) => {
  const answer = await api.post('/v1/agreements/bulk', body)
  expect(answer.status).toBe(status)
  expect(faultsIn(answer).map(([place]) => place)).toContain(pointer)
})

it('asks a constant number of statements however many operations there are, and takes a thousand', async () => {
  const externalIds = Array.from({ length: 1000 }, (_, at) => ({ scheme: 'thousand', id: String(at) }))
  const documents = externalIds.map((externalId) =>
    agreement({
      externalIds: [externalId],
      summary: 'x'.repeat(1500),
      parties: [{ country: 'CHN', role: 'party' }],
    }),
  )
  const creations = documents.map((document) => ({ op: 'create', document }))
  expect((await send(agreements, [...creations, creations[0]])).status).toBe(413)
  const made = resultsIn(await send(agreements, creations))
  expect(made).toHaveLength(1000)
  const third = documents.map((document, at) => {
    const externalId = externalIds[at]
    if (at % 3 === 0) return { op: 'patch', externalId, ifMatch: '1', patch: { title: `Patched ${at}` } }
    if (at % 3 === 1) return { op: 'upsert', externalId, document: { ...document, title: `Again ${at}` } }
    return { op: 'remove', externalId, ifMatch: '1' }
  })
  const results = resultsIn(await send(agreements, third))
  expect(results.map(({ version }) => version)).toEqual(documents.map(() => 2))
  const id = results[999]?.id
  expect((await api.get(`/v1/agreements/${id}`)).json()).toMatchObject({ title: 'Patched 999', version: 2 })
}, 30_000)

describe('random operations', () => {
  const title = fc.stringMatching(/^[a-z]{1,8}$/)
  const change = fc.record(
    {
      title,
      summary: fc.option(title),
      signedOn: fc.constantFrom('2011-04', null),
      topics: fc.uniqueArray(fc.constantFrom('energy', 'ocean', 'science-and-technology'), { maxLength: 2 }),
      parties: fc.uniqueArray(
        fc.record({ country: fc.constantFrom('CHN', 'PAK', 'DEU'), role: fc.constant('party') }),
        { selector: ({ country }) => country },
      ),
    },
    { requiredKeys: [] },
  )
  const kind = fc.constantFrom('patch', 'replace', 'remove', 'upsert', 'create')
  const plans = fc.array(fc.record({ kind, change }), { minLength: 1, maxLength: 12 })

  /** What is known of a record, without what must differ between two. */
  const known = async (key: unknown) => {
    const answer = await api.get(`/v1/agreements/${key}`)
    const { data } = (await api.get(`/v1/agreements/${key}/history`)).json<{ data: Document[] }>()
    const { id, createdAt, updatedAt, ...record } = answer.json()
    return {
      record: answer.status === 200 ? record : null,
      history: data.map(({ version, operation }) => [version, operation]),
    }
  }

  it('leave the records and revisions that the same operations leave one by one', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const initial = agreement({ topics: ['energy'], parties: [{ country: 'CHN', role: 'party' }] })
        const twins = plan.flatMap(() => [initial, initial])
        const made = resultsIn(
          await send(
            agreements,
            twins.map((document) => ({ op: 'create', document })),
          ),
        ).map(({ id }) => id)
        const operations = plan.map(({ kind, change }, at) => {
          const id = made[at * 2]
          if (kind === 'patch') return { op: kind, id, ifMatch: '1', patch: change }
          if (kind === 'remove') return { op: kind, id, ifMatch: '*' }
          const document = agreement(change)
          if (kind === 'create') return { op: kind, document }
          return { op: kind, id, ...(kind === 'replace' && { ifMatch: '*' }), document }
        })
        const results = resultsIn(await send(agreements, operations))
        for (const [at, { kind, change }] of plan.entries()) {
          const path = `/v1/agreements/${made[at * 2 + 1]}`
          let twin: unknown = made[at * 2 + 1]
          if (kind === 'patch') await api.patch(path, change)
          else if (kind === 'remove') await api.delete(path)
          else if (kind === 'create') twin = (await api.post('/v1/agreements', agreement(change))).json().id
          else await api.put(path, agreement(change))
          expect(await known(results[at]?.id)).toEqual(await known(twin))
        }
      }),
      { numRuns: 12 },
    )
  }, 30_000)
})

it('bulks about the same records at the same time both end, one after the other', async () => {
  const made = await Promise.all(Array.from({ length: 10 }, () => make(agreements, api)))
  const patches = (keys: Made[], text: string) =>
    keys.map(({ key }) => ({ op: 'patch', id: key, ifMatch: '*', patch: { title: text } }))
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, at) =>
      send(agreements, patches(at % 2 ? made : [...made].reverse(), `Title ${at}`)),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const records = await Promise.all(made.map(async ({ path }) => (await api.get(path)).json()))
  expect(new Set(records.map(({ title }) => title)).size).toBe(1)
  expect(records.map(({ version }) => version)).toEqual(records.map(() => 7))
})
