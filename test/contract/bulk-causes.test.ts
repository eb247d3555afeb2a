import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { agreement, agreements, organization, resultsIn, sendNonAtomic, topic } from '../support/bulk.ts'
import { createRecord, readProblem, resourceOf, unusedId } from '../support/documents.ts'

/** Which operations with `atomic=false` are refused if PostgreSQL refuses what they write together. */

const api = await sharedApi()

const organizations = resourceOf('organizations')
const topics = resourceOf('topics')

/** Sends operations, and returns the status of each, and the faults of the refused ones. */
async function run(resource: typeof organizations, operations: object[]) {
  const results = resultsIn(await sendNonAtomic(api, resource, operations))
  return {
    statuses: results.map(({ status }) => status),
    faults: results.flatMap(({ problem }) => problem?.errors ?? []),
  }
}

describe('a public record that would refer to an internal one', () => {
  it('is not created, and the other new records are', async () => {
    const hidden = await createRecord(organizations, api, organization({ visibility: 'internal' }))
    const { statuses, faults } = await run(organizations, [
      { op: 'create', document: organization() },
      { op: 'create', document: organization({ parent: hidden.key }) },
      { op: 'create', document: organization({ parent: hidden.key, visibility: 'internal' }) },
      { op: 'create', document: organization({ parent: hidden.key }) },
    ])
    expect(statuses).toEqual([201, 409, 201, 409])
    const message = `refers to /v1/organizations/${hidden.key}, which is internal`
    expect(faults).toMatchObject(
      [1, 3].map((index) => ({ pointer: `/operations/${index}/document/parent`, message })),
    )
  })

  it('is not made by a patch, and each response points to the reference', async () => {
    const hidden = await createRecord(organizations, api, organization({ visibility: 'internal' }))
    const references = { parent: hidden.key, visibility: 'internal' }
    const { key, path } = await createRecord(organizations, api, organization(references))
    const other = await createRecord(organizations, api, organization())
    const patch = { visibility: 'public' }
    const alone = await api.patch(path, patch, { headers: { 'if-match': '*' } })
    expect(alone.status).toBe(409)
    expect(readProblem(alone).errors).toMatchObject([{ pointer: '/parent' }])
    const { statuses, faults } = await run(organizations, [
      { op: 'patch', id: key, ifMatch: '*', patch },
      { op: 'patch', id: other.key, ifMatch: '*', patch: { parent: hidden.key } },
    ])
    expect(statuses).toEqual([409, 409])
    expect(faults).toMatchObject([0, 1].map((index) => ({ pointer: `/operations/${index}/patch/parent` })))
  })

  it('can be changed; only the operation that would make its target internal is refused', async () => {
    const target = await createRecord(organizations, api, organization())
    const referrer = await createRecord(organizations, api, organization({ parent: target.key }))
    const { statuses, faults } = await run(organizations, [
      { op: 'patch', id: referrer.key, ifMatch: '*', patch: { name: 'Renamed' } },
      { op: 'patch', id: target.key, ifMatch: '*', patch: { visibility: 'internal' } },
      { op: 'create', document: organization({ parent: target.key }) },
    ])
    expect(statuses).toEqual([200, 409, 201])
    expect(faults).toMatchObject([
      { pointer: '/operations/1/patch', message: expect.stringContaining(target.key) },
    ])
  })

  it('is distinguished from records whose keys begin with the same text', async () => {
    await createRecord(topics, api, topic('causes-hidden', { visibility: 'internal' }))
    for (const slug of ['causes-a', 'causes']) await createRecord(topics, api, topic(slug))
    const { statuses } = await run(topics, [
      { op: 'patch', slug: 'causes', ifMatch: '*', patch: { name: 'Renamed' } },
      { op: 'patch', slug: 'causes-a', ifMatch: '*', patch: { broader: 'causes-hidden' } },
    ])
    expect(statuses).toEqual([200, 409])
    expect((await api.get('/v1/topics/causes', { key: adminKey })).json()).toMatchObject({ name: 'Renamed' })
  })
})

describe('many public records that would refer to internal ones', () => {
  const count = 7

  /** Creates internal topics. @returns their keys. */
  const createInternal = (prefix: string) =>
    Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const slug = `${prefix}-${index}`
        return (await createRecord(topics, api, topic(slug, { visibility: 'internal' }))).key
      }),
    )

  /** Two new records that are accepted only together: the first refers to the second. */
  const together = (prefix: string) => [
    { op: 'create', document: topic(`${prefix}-narrow`, { broader: `${prefix}-broad` }) },
    { op: 'create', document: topic(`${prefix}-broad`) },
  ]

  it('are all refused in one request if they are new; the other operations are accepted', async () => {
    const hidden = await createInternal('causes-new')
    const { statuses, faults } = await run(topics, [
      ...hidden.map((broader, index) => ({
        op: 'create',
        document: topic(`causes-new-public-${index}`, { broader }),
      })),
      ...together('causes-new'),
    ])
    expect(statuses).toEqual([...hidden.map(() => 409), 201, 201])
    expect(faults).toMatchObject(
      hidden.map((key, index) => ({
        pointer: `/operations/${index}/document/broader`,
        message: `refers to /v1/topics/${key}, which is internal`,
      })),
    )
  })

  it('are all refused in one request if they exist, each with the record to which it refers', async () => {
    const hidden = await createInternal('causes-old')
    for (const slug of hidden) await createRecord(topics, api, topic(`${slug}-public`))
    const { statuses, faults } = await run(topics, [
      ...hidden.map((slug) => ({
        op: 'patch',
        slug: `${slug}-public`,
        ifMatch: '*',
        patch: { broader: slug },
      })),
      ...together('causes-old'),
    ])
    expect(statuses).toEqual([...hidden.map(() => 409), 201, 201])
    expect(faults).toMatchObject(
      hidden.map((key, index) => ({
        pointer: `/operations/${index}/patch/broader`,
        message: `refers to /v1/topics/${key}, which is internal`,
      })),
    )
  })
})

describe('the removal of a record', () => {
  const remove = (id: string) => ({ op: 'remove', id, ifMatch: '*' })

  it('is done if an operation removes the last reference to it, even if another one is refused', async () => {
    const target = await createRecord(agreements, api)
    const referrer = await createRecord(
      agreements,
      api,
      agreement({ relations: [{ kind: 'renews', agreement: target.key }] }),
    )
    const { statuses } = await run(agreements, [
      { op: 'create', document: agreement({ relations: [{ kind: 'renews', agreement: unusedId }] }) },
      remove(target.key),
      { op: 'patch', id: referrer.key, ifMatch: '*', patch: { relations: [] } },
    ])
    expect(statuses).toEqual([422, 204, 200])
  })

  it('is refused if an operation refers to it; the error names the record of the operation', async () => {
    const target = await createRecord(agreements, api)
    const relations = [{ kind: 'renews', agreement: target.key }]
    const referrer = await createRecord(agreements, api)
    const created = randomUUID()
    const { statuses, faults } = await run(agreements, [
      remove(target.key),
      { op: 'create', document: agreement({ id: created, relations }) },
      { op: 'patch', id: referrer.key, ifMatch: '*', patch: { relations } },
      { op: 'create', document: agreement() },
    ])
    expect(statuses).toEqual([409, 201, 200, 201])
    const messages = faults.map(({ message }) => message)
    expect(messages.sort()).toEqual(
      [created, referrer.key].map((key) => `/v1/agreements/${key} refers to it`).sort(),
    )
  })

  it('is refused if a record refers to it whose own removal is refused', async () => {
    const create = async (target?: string) => {
      const relations = target === undefined ? [] : [{ kind: 'implements', agreement: target }]
      return (await createRecord(agreements, api, agreement({ relations }))).key
    }
    // Each record of the chain refers to the one before it.
    const chain: string[] = []
    for (let index = 0; index < 8; index += 1) chain.push(await create(chain.at(-1)))
    const pair = [await create()]
    pair.push(await create(pair[0]))
    const relations = [{ kind: 'implements', agreement: pair[1] }]
    const [linked] = resultsIn(
      await sendNonAtomic(api, agreements, [
        { op: 'patch', id: pair[0], ifMatch: '*', patch: { relations } },
      ]),
    )
    expect(linked).toMatchObject({ status: 200 })
    const [outside, ...removed] = chain.reverse()
    const { statuses, faults } = await run(agreements, [...removed, ...pair].map(remove))
    expect(statuses).toEqual([...removed.map(() => 409), 204, 204])
    expect(faults.map(({ message }) => message)).toEqual(
      [outside, ...removed.slice(0, -1)].map((key) => `/v1/agreements/${key} refers to it`),
    )
  })

  it('is refused if one record of many still refers to it; the error names only this record', async () => {
    const target = await createRecord(organizations, api, organization())
    const referrers = []
    for (let index = 0; index < 22; index += 1)
      referrers.push(await createRecord(organizations, api, organization({ parent: target.key })))
    const [left, ...changed] = referrers.sort((one, other) => (one.key < other.key ? 1 : -1))
    const { statuses, faults } = await run(organizations, [
      remove(target.key),
      ...changed.map(({ key }) => ({ op: 'patch', id: key, ifMatch: '*', patch: { parent: null } })),
    ])
    expect(statuses).toEqual([409, ...changed.map(() => 200)])
    expect(faults.map(({ message }) => message)).toEqual([`${left?.path} refers to it`])
  })
})
