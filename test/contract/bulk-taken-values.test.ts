import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { agreement, agreements, organization, sendBulk, statusesOf, topic } from '../support/bulk.ts'
import { createRecord, type Document, resourceOf } from '../support/documents.ts'

/** Which operations with `atomic=false` are refused if they set unique values that are not free. */

const api = await sharedApi()

const topics = resourceOf('topics')
const organizations = resourceOf('organizations')
const sources = resourceOf('sources')

const create = (document: Document) => ({ op: 'create', document })
const patch = (id: string, change: Document) => ({ op: 'patch', id, ifMatch: '*', patch: change })

describe('beside two operations that create records with taken keys', () => {
  const taken = ['taken-one', 'taken-other'].map((slug) => topic(slug))
  beforeAll(async () => {
    for (const document of taken) await createRecord(topics, api, document)
  })

  it('a record may be created before the one to which it refers', async () => {
    const operations = [topic('child', { broader: 'parent' }), topic('parent'), ...taken].map(create)
    expect(await statusesOf(api, topics, operations)).toEqual([201, 201, 409, 409])
  })

  it('a record may be removed before the one that refers to it', async () => {
    await createRecord(topics, api, topic('removed'))
    await createRecord(topics, api, topic('removed-below', { broader: 'removed' }))
    const remove = (slug: string) => ({ op: 'remove', slug, ifMatch: '*' })
    const operations = [remove('removed'), remove('removed-below'), ...taken.map(create)]
    expect(await statusesOf(api, topics, operations)).toEqual([204, 204, 409, 409])
  })

  it('two records that refer to each other are created', async () => {
    const [one, other] = [randomUUID(), randomUUID()]
    const related = (id: string, to: string) =>
      agreement({ id, relations: [{ kind: 'renews', agreement: to }] })
    const existing = [await createRecord(agreements, api), await createRecord(agreements, api)]
    const operations = [
      create(related(one, other)),
      create(related(other, one)),
      ...existing.map(({ key }) => create(agreement({ id: key }))),
    ]
    expect(await statusesOf(api, agreements, operations)).toEqual([201, 201, 409, 409])
  })
})

describe('an id that the client has chosen', () => {
  const document = (id: string) => ({ id, title: 'Of a known id', kind: 'report' })

  it('is refused if a removed record of another resource had it, whose history would be shown', async () => {
    const { key, path } = await createRecord(organizations, api, organization({ visibility: 'internal' }))
    expect((await api.delete(path, { headers: { 'if-match': '*' } })).status).toBe(204)
    for (const query of ['', '?atomic=false']) {
      const response = await sendBulk(
        api,
        sources,
        [create(document(key)), create(document(randomUUID()))],
        query,
      )
      expect(response.status).toBe(query === '' ? 409 : 200)
      expect(response.text).toContain(`is taken by the removed record /v1/organizations/${key}`)
    }
    expect((await api.get(`${path}/history`)).status).toBe(404)
    const insert = "insert into sources (id, title, kind) values ($1, 'In psql', 'report')"
    await expect(api.pool.query(insert, [key])).rejects.toThrow(
      'is that of a removed record of organizations',
    )
  })

  it('is refused if it is that of a country, with the path of the country', async () => {
    const { rows } = await api.pool.query<{ id: string }>("select id from records where key = 'PAK'")
    const response = await sendBulk(api, sources, [create(document(rows[0]?.id ?? ''))])
    expect(response.status).toBe(409)
    expect(response.text).toContain('is taken by /v1/countries/PAK')
  })
})

describe('of several operations that set the same free unique value', () => {
  it('the first is done, and so is the creation of a record before the one to which it refers', async () => {
    const parent = randomUUID()
    const ror = 'https://ror.org/0aaaaaa11'
    const operations = [
      organization({ parent }),
      organization({ id: parent }),
      organization({ ror }),
      organization({ ror }),
      organization({ ror }),
    ].map(create)
    expect(await statusesOf(api, organizations, operations)).toEqual([201, 201, 201, 409, 409])
  })

  it('the second is done if the first is refused for another reason', async () => {
    const ror = 'https://ror.org/0aaaaaa22'
    const operations = [
      organization({ ror, parent: randomUUID() }),
      organization({ ror }),
      organization({ ror }),
    ].map(create)
    expect(await statusesOf(api, organizations, operations)).toEqual([409, 201, 409])
  })

  it('the second is done, and so are operations that depend on it', async () => {
    const ror = 'https://ror.org/0aaaaaa33'
    const second = randomUUID()
    const operations = [
      organization({ ror, parent: randomUUID() }),
      organization({ ror, id: second }),
      organization({ parent: second }),
    ].map(create)
    expect(await statusesOf(api, organizations, operations)).toEqual([409, 201, 201])
  })

  it.each([
    ['removed', (key: string) => ({ op: 'remove', id: key, ifMatch: '*' }), 204],
    ['hidden', (key: string) => patch(key, { visibility: 'internal' }), 200],
  ])(
    'the second is done, and the record from which it removes a reference may be %s',
    async (_, change, status) => {
      const ror = `https://ror.org/0aaaaa${status}`
      const parent = await createRecord(organizations, api, organization())
      const [one, other] = [
        await createRecord(organizations, api, organization()),
        await createRecord(organizations, api, organization({ parent: parent.key })),
      ]
      const operations = [
        patch(one.key, { ror, parent: randomUUID() }),
        patch(other.key, { ror, parent: null }),
        change(parent.key),
      ]
      expect(await statusesOf(api, organizations, operations)).toEqual([409, 200, status])
    },
  )
})

it('beside many taken ROR ids, a record may be created before the one to which it refers', async () => {
  const rors = Array.from({ length: 12 }, (_, index) => `https://ror.org/0bbbbbb${index + 10}`)
  for (const ror of rors) await createRecord(organizations, api, organization({ ror }))
  const parent = randomUUID()
  const operations = [
    ...rors.map((ror) => organization({ ror })),
    organization({ parent }),
    organization({ id: parent }),
  ].map(create)
  expect(await statusesOf(api, organizations, operations)).toEqual([...rors.map(() => 409), 201, 201])
})

it('only the operation whose code is taken in its scheme is refused', async () => {
  await createRecord(topics, api, topic('coded', { scheme: 'codes', code: '1' }))
  const operations = [
    topic('coded-below', { scheme: 'codes', code: '2', broader: 'coded-above' }),
    topic('coded-above', { scheme: 'codes', code: '3' }),
    topic('coded-again', { scheme: 'codes', code: '1' }),
    topic('coded-elsewhere', { scheme: 'other-codes', code: '1' }),
  ].map(create)
  expect(await statusesOf(api, topics, operations)).toEqual([201, 201, 409, 201])
})

it('a chain of refused operations keeps no other operation from being done', async () => {
  const [bad, good] = [Array.from({ length: 20 }, () => randomUUID()), [randomUUID(), randomUUID()]]
  const inChain = bad.map((id, index) => organization({ id, parent: bad[index - 1] ?? randomUUID() }))
  const pair = [organization({ id: good[0], parent: good[1] }), organization({ id: good[1] })]
  const ids = [1, 2].map((id) => [{ scheme: 'exchanged', id: String(id) }])
  const stored = [
    await createRecord(organizations, api, organization({ externalIds: ids[0] })),
    await createRecord(organizations, api, organization({ externalIds: ids[1] })),
  ]
  const operations = [
    ...[...inChain, ...pair].map(create),
    ...stored.map(({ key }, index) => patch(key, { externalIds: ids[1 - index] })),
  ]
  const statuses = await statusesOf(api, organizations, operations)
  expect(statuses).toEqual([...inChain.map(() => 422), 201, 201, 200, 200])
})
