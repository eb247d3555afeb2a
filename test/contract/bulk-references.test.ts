import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { agreement, agreements, faultsIn, resultsIn, sendBulk, sendNonAtomic } from '../support/bulk.ts'
import {
  createRecord,
  type Document,
  minimalDocument,
  nameProperty,
  readProblem,
  resourceOf,
} from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { resources } from '../support/registry.ts'

const api = await sharedApi()

describe('a bulk operation that identifies its record by external id', () => {
  const withIds = resources.filter((resource) => 'externalIds' in resource.document.shape)

  it.each(withIds)('changes, removes or creates the record of $name with that id', async (resource) => {
    const name = nameProperty(resource)
    const created = await createRecord(resource, api, await fullDocument(resource, api))
    const idOf = (document: Document) => (document.externalIds as { scheme: string; id: string }[])[0]
    const externalId = idOf(created.record)
    const fresh = {
      ...(await minimalDocument(resource, api)),
      externalIds: [{ scheme: 'bulk', id: randomUUID() }],
    }
    const first = resultsIn(
      await sendBulk(api, resource, [
        { op: 'patch', externalId, ifMatch: '1', patch: { [name]: 'By its external id' } },
        { op: 'upsert', externalId: idOf(fresh), document: fresh },
      ]),
    )
    expect(first.map(({ status }) => status)).toEqual([200, 201])
    expect(first[0]?.id).toBe(created.key)
    const again = { ...fresh, [name]: 'Replaced' }
    const second = resultsIn(
      await sendBulk(api, resource, [
        { op: 'remove', externalId, ifMatch: '2' },
        { op: 'upsert', externalId: idOf(fresh), document: again },
      ]),
    )
    expect(second).toMatchObject([{ status: 204 }, { status: 200, id: first[1]?.id, version: 2 }])
  })

  it.each(withIds)(
    'is refused for $name if the id is unknown, not in the document, or sent with a record key',
    async (resource) => {
      const externalId = { scheme: 'bulk', id: randomUUID() }
      const document = { ...(await minimalDocument(resource, api)), externalIds: [externalId] }
      const response = await sendBulk(api, resource, [
        { op: 'patch', externalId, ifMatch: '*', patch: {} },
        { op: 'upsert', externalId: { scheme: 'bulk', id: 'other' }, document },
        { op: 'remove', externalId, id: randomUUID(), ifMatch: '*' },
      ])
      expect(faultsIn(response)).toEqual([
        ['/operations/0/externalId', 'not_found'],
        ['/operations/1/document/externalIds', 'missing'],
        ['/operations/2', 'not_exactly_one'],
      ])
    },
  )

  it('is refused for a resource without external ids', async () => {
    const externalId = { scheme: 'a', id: 'b' }
    const response = await sendBulk(api, resourceOf('topics'), [{ op: 'remove', externalId, ifMatch: '*' }])
    expect(faultsIn(response)).toEqual([
      ['/operations/0/externalId', 'unknown'],
      ['/operations/0/slug', 'required'],
    ])
  })
})

describe('records to which bulk operations refer', () => {
  it('may be created by operations of the same request, in any order', async () => {
    const [one, other] = [randomUUID(), randomUUID()]
    const created = await createRecord(agreements, api)
    const results = resultsIn(
      await sendBulk(api, agreements, [
        {
          op: 'patch',
          id: created.key,
          ifMatch: '*',
          patch: { relations: [{ kind: 'renews', agreement: one }] },
        },
        { op: 'create', document: agreement({ id: one, relations: [{ kind: 'renews', agreement: other }] }) },
        { op: 'create', document: agreement({ id: other }) },
      ]),
    )
    expect(results).toMatchObject([{ id: created.key, version: 2 }, { id: one }, { id: other }])
  })

  it('may be removed by a request that also removes the referring records or their references', async () => {
    const target = await createRecord(agreements, api)
    const relations = [{ kind: 'renews', agreement: target.key }]
    const [one, other] = [
      await createRecord(agreements, api, agreement({ relations })),
      await createRecord(agreements, api, agreement({ relations })),
    ]
    const remove = { op: 'remove', id: target.key, ifMatch: '*' }
    const refused = await sendBulk(api, agreements, [remove, { op: 'remove', id: one.key, ifMatch: '*' }])
    expect(refused.status).toBe(409)
    expect(readProblem(refused).errors).toMatchObject([
      { pointer: '/operations/0', code: 'referred_to', message: `${other.path} refers to it` },
    ])
    const results = resultsIn(
      await sendBulk(api, agreements, [
        remove,
        { op: 'remove', id: one.key, ifMatch: '*' },
        { op: 'patch', id: other.key, ifMatch: '*', patch: { relations: [] } },
      ]),
    )
    expect(results.map(({ status }) => status)).toEqual([204, 204, 200])
  })

  it('are not removed by a request that creates a record which refers to them', async () => {
    const target = await createRecord(agreements, api)
    const document = agreement({ relations: [{ kind: 'renews', agreement: target.key }] })
    const refused = await sendBulk(api, agreements, [
      { op: 'remove', id: target.key, ifMatch: '*' },
      { op: 'create', document },
    ])
    expect(refused.status).toBe(409)
    expect(readProblem(refused).errors).toMatchObject([
      { pointer: '/operations/0', code: 'referred_to', message: 'operation 1 refers to it' },
    ])
    expect((await api.get(target.path)).status).toBe(200)
  })

  it('are reported if they do not exist, and only operations that depend on them fail', async () => {
    const [invalidId, unknownId] = [randomUUID(), randomUUID()]
    const operations = [
      { op: 'create', document: agreement({ topics: ['energy', 'no-such-topic'], id: invalidId }) },
      { op: 'create', document: agreement({ relations: [{ kind: 'renews', agreement: unknownId }] }) },
      { op: 'create', document: agreement({ relations: [{ kind: 'renews', agreement: invalidId }] }) },
      { op: 'create', document: agreement() },
    ]
    const response = await sendBulk(api, agreements, operations)
    expect(response.status).toBe(422)
    expect(faultsIn(response)).toEqual([
      ['/operations/0/document/topics/1', 'dangling_reference'],
      ['/operations/1/document/relations/0/agreement', 'dangling_reference'],
    ])
    const results = resultsIn(await sendNonAtomic(api, agreements, operations))
    expect(results.map(({ status }) => status)).toEqual([422, 422, 422, 201])
    expect(results[2]?.problem?.errors).toMatchObject([
      { pointer: '/operations/2/document/relations/0/agreement', code: 'dangling_reference' },
    ])
  })

  it('must not form a cycle, and the other operations still succeed', async () => {
    const bases = resourceOf('cooperation-bases')
    const [one, other] = [randomUUID(), randomUUID()]
    const base = (id: string, partOf: string | null) => ({ id, name: 'A base', kind: 'other', partOf })
    const results = resultsIn(
      await sendNonAtomic(api, bases, [
        { op: 'create', document: base(one, other) },
        { op: 'create', document: base(other, one) },
        { op: 'create', document: base(randomUUID(), null) },
      ]),
    )
    expect(results.map(({ status }) => status)).toEqual([422, 422, 201])
    expect(results[0]?.problem?.errors).toMatchObject([
      { pointer: '/operations/0/document/partOf', code: 'cycle' },
    ])
  })
})
