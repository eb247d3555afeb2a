// @module-tag slow

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { agreement, agreements, resultsIn, sendBulk, sendNonAtomic } from '../support/bulk.ts'
import {
  type CreatedRecord,
  createRecord,
  type Document,
  exampleDocument,
  resourceOf,
} from '../support/documents.ts'
import { countStatements } from '../support/statements.ts'

const api = useTestApi()

it('with atomic=false, one of two creates with the same unique value succeeds', async () => {
  const countries = resourceOf('countries')
  const [one, other] = [await exampleDocument(countries, api), await exampleDocument(countries, api)]
  const results = resultsIn(
    await sendNonAtomic(api, countries, [
      { op: 'create', document: one },
      { op: 'create', document: { ...other, alpha2: one.alpha2 } },
    ]),
  )
  expect(results.map(({ status }) => status)).toEqual([201, 409])
  expect(results[1]?.problem?.errors).toMatchObject([{ pointer: '/operations/1/document/alpha2' }])
})

it('a bulk request may have 1,000 operations, and is refused with 413 if it has more', async () => {
  const externalIds = Array.from({ length: 1000 }, (_, index) => ({ scheme: 'thousand', id: String(index) }))
  const documents = externalIds.map((externalId) =>
    agreement({
      externalIds: [externalId],
      summary: 'x'.repeat(1500),
      parties: [{ country: 'CHN', role: 'party' }],
    }),
  )
  const creations = documents.map((document) => ({ op: 'create', document }))
  expect((await sendBulk(api, agreements, [...creations, creations[0]])).status).toBe(413)
  const created = resultsIn(await sendBulk(api, agreements, creations))
  expect(created).toHaveLength(1000)
  const changes = documents.map((document, index) => {
    const externalId = externalIds[index]
    if (index % 3 === 0)
      return { op: 'patch', externalId, ifMatch: '1', patch: { title: `Patched ${index}` } }
    if (index % 3 === 1)
      return { op: 'upsert', externalId, document: { ...document, title: `Again ${index}` } }
    return { op: 'remove', externalId, ifMatch: '1' }
  })
  const results = resultsIn(await sendBulk(api, agreements, changes))
  expect(results.map(({ version }) => version)).toEqual(documents.map(() => 2))
  const id = results[999]?.id
  expect((await api.get(`/v1/agreements/${id}`)).json()).toMatchObject({ title: 'Patched 999', version: 2 })
}, 30_000)

describe('the number of statements of a refused bulk request', () => {
  /** Only bulk requests run this statement, so it marks the connections whose statements count. */
  const marker = 'savepoint bulk'
  const unknownId = '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90'
  /** Counts the statements of a bulk request whose last operation, `refused`, has a fault. */
  const count = async (operations: unknown[], refused: object, status: number) => {
    const statements = await countStatements(marker, async () => {
      expect((await sendBulk(api, agreements, [...operations, refused])).status).toBe(status)
    })
    expect(statements).toBeGreaterThan(0)
    return statements
  }
  const dangling = {
    op: 'create',
    document: agreement({ relations: [{ kind: 'renews', agreement: unknownId }] }),
  }

  it('is the same for 3 and for 41 operations, both for creates and for unchanged upserts', async () => {
    const externalIds = Array.from({ length: 40 }, (_, index) => ({ scheme: 'explained', id: String(index) }))
    const documents = externalIds.map((externalId) =>
      agreement({ topics: ['energy'], externalIds: [externalId] }),
    )
    const creations = documents.map((document) => ({ op: 'create', document }))
    const few = await count(creations.slice(0, 2), dangling, 422)
    expect(await count(creations, dangling, 422)).toBe(few)
    resultsIn(await sendBulk(api, agreements, creations))
    const upserts = documents.map((document, index) => ({
      op: 'upsert',
      externalId: externalIds[index],
      document,
    }))
    const fewUpserts = await count(upserts.slice(0, 2), dangling, 422)
    expect(await count(upserts, dangling, 422)).toBe(fewUpserts)
  })

  it('is the same for 2 and for 21 removals, and for 1 and for 21 creates of existing records', async () => {
    const target = await createRecord(agreements, api)
    await createRecord(agreements, api, agreement({ relations: [{ kind: 'renews', agreement: target.key }] }))
    const others = await Promise.all(Array.from({ length: 20 }, () => createRecord(agreements, api)))
    const remove = ({ key }: CreatedRecord) => ({ op: 'remove', id: key, ifMatch: '*' })
    const few = await count(others.slice(0, 1).map(remove), remove(target), 409)
    expect(await count(others.map(remove), remove(target), 409)).toBe(few)
    const create = ({ key }: CreatedRecord) => ({ op: 'create', document: agreement({ id: key }) })
    const single = await count([], create(target), 409)
    expect(await count(others.map(create), create(target), 409)).toBe(single)
  })
})

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

  /** The state of a record without ids and times, which differ between two records. */
  const stateOf = async (key: unknown) => {
    const response = await api.get(`/v1/agreements/${key}`)
    const { data } = (await api.get(`/v1/agreements/${key}/history`)).json<{ data: Document[] }>()
    const { id, createdAt, updatedAt, ...record } = response.json()
    return {
      record: response.status === 200 ? record : null,
      history: data.map(({ version, operation }) => [version, operation]),
    }
  }

  it('leave the same records and revisions as the same operations one by one', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const initial = agreement({ topics: ['energy'], parties: [{ country: 'CHN', role: 'party' }] })
        const twins = plan.flatMap(() => [initial, initial])
        const created = resultsIn(
          await sendBulk(
            api,
            agreements,
            twins.map((document) => ({ op: 'create', document })),
          ),
        ).map(({ id }) => id)
        const operations = plan.map(({ kind, change }, index) => {
          const id = created[index * 2]
          if (kind === 'patch') return { op: kind, id, ifMatch: '1', patch: change }
          if (kind === 'remove') return { op: kind, id, ifMatch: '*' }
          const document = agreement(change)
          if (kind === 'create') return { op: kind, document }
          return { op: kind, id, ...(kind === 'replace' && { ifMatch: '*' }), document }
        })
        const results = resultsIn(await sendBulk(api, agreements, operations))
        for (const [index, { kind, change }] of plan.entries()) {
          const path = `/v1/agreements/${created[index * 2 + 1]}`
          let twin: unknown = created[index * 2 + 1]
          if (kind === 'patch') await api.patch(path, change)
          else if (kind === 'remove') await api.delete(path)
          else if (kind === 'create') twin = (await api.post('/v1/agreements', agreement(change))).json().id
          else await api.put(path, agreement(change))
          expect(await stateOf(results[index]?.id)).toEqual(await stateOf(twin))
        }
      }),
      { numRuns: 12 },
    )
  }, 30_000)
})

it('concurrent bulk requests on the same records all succeed, one after the other', async () => {
  const created = await Promise.all(Array.from({ length: 10 }, () => createRecord(agreements, api)))
  const patches = (keys: CreatedRecord[], text: string) =>
    keys.map(({ key }) => ({ op: 'patch', id: key, ifMatch: '*', patch: { title: text } }))
  const responses = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      sendBulk(api, agreements, patches(index % 2 ? created : [...created].reverse(), `Title ${index}`)),
    ),
  )
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
  const records = await Promise.all(created.map(async ({ path }) => (await api.get(path)).json()))
  expect(new Set(records.map(({ title }) => title)).size).toBe(1)
  expect(records.map(({ version }) => version)).toEqual(records.map(() => 7))
})
