import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import {
  agreement,
  agreements,
  organization,
  resultsIn,
  sendBulk,
  statusesOf,
  topic,
} from '../support/bulk.ts'
import {
  createRecord,
  type Document,
  exampleDocument,
  readProblem,
  resourceOf,
} from '../support/documents.ts'

/** Bulk operations may set unique values that other operations of the same request release. */

const api = useTestApi()

const topics = resourceOf('topics')
const organizations = resourceOf('organizations')

describe('an external id that an operation releases', () => {
  const newExternalIds = () => [{ scheme: 'released', id: randomUUID() }]
  /** Creates a record with an external id, and one without. */
  const createPair = async (externalIds: object[]) =>
    [
      await createRecord(agreements, api, agreement({ externalIds })),
      await createRecord(agreements, api),
    ] as const
  const historyOf = async (path: string) => {
    const { data } = (await api.get(`${path}/history`)).json<{ data: Document[] }>()
    return data.map(({ operation }) => operation)
  }

  it.each([
    ['patch', 'upsert'],
    ['patch', 'replace'],
    ['replace', 'patch'],
    ['upsert', 'patch'],
  ])('by %s may be set by %s in the same request, in any order', async (releasing, setting) => {
    const change = (op: string, id: string, externalIds: object[]) => ({
      op,
      id,
      ...(op !== 'upsert' && { ifMatch: '*' }),
      ...(op === 'patch' ? { patch: { externalIds } } : { document: agreement({ externalIds }) }),
    })
    for (const isReversed of [false, true]) {
      const externalIds = newExternalIds()
      const [former, next] = await createPair(externalIds)
      const operations = [change(releasing, former.key, []), change(setting, next.key, externalIds)]
      const results = resultsIn(
        await sendBulk(api, agreements, isReversed ? operations.reverse() : operations),
      )
      expect(results.map(({ status, version }) => [status, version])).toEqual([
        [200, 2],
        [200, 2],
      ])
      const kind = (op: string) => (op === 'patch' ? 'patch' : 'replace')
      expect(await historyOf(former.path)).toEqual([kind(releasing), 'create'])
      expect(await historyOf(next.path)).toEqual([kind(setting), 'create'])
      expect((await api.get(next.path)).json()).toMatchObject({ externalIds })
    }
  })

  it('counts as free in the same request, even if a third operation is refused', async () => {
    const externalIds = newExternalIds()
    const [former, next] = await createPair(externalIds)
    const { key: taken } = await createRecord(agreements, api)
    const operations = [
      { op: 'create', document: agreement({ id: taken }) },
      { op: 'patch', id: next.key, ifMatch: '*', patch: { externalIds } },
      { op: 'patch', id: former.key, ifMatch: '*', patch: { externalIds: [] } },
    ]
    const problem = readProblem(await sendBulk(api, agreements, operations))
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/operations/0/document/id'])
    expect(await statusesOf(api, agreements, operations)).toEqual([409, 200, 200])
  })

  it('stays taken if the operation that would release it is refused', async () => {
    const externalIds = newExternalIds()
    const [former, next] = await createPair(externalIds)
    const operations = [
      { op: 'patch', id: next.key, ifMatch: '*', patch: { externalIds } },
      { op: 'patch', id: former.key, ifMatch: '*', patch: { externalIds: [], topics: ['no-such-topic'] } },
    ]
    expect(await statusesOf(api, agreements, operations)).toEqual([409, 422])
  })
})

describe('two records', () => {
  /** Patches two records in one request, in the given order or in reverse, and expects that both are changed. */
  async function patchBoth(resource: typeof topics, patches: [object, object][], isReversed: boolean) {
    const operations = patches.map(([target, patch]) => ({ op: 'patch', ...target, ifMatch: '*', patch }))
    const response = await sendBulk(api, resource, isReversed ? operations.reverse() : operations)
    expect(resultsIn(response).map(({ version }) => version)).toEqual([2, 2])
  }
  const orders = [{ isReversed: false }, { isReversed: true }]

  it.each(orders)(
    'may exchange the values of a unique property, and reads with asOf stay the same',
    async ({ isReversed }) => {
      const rors = [0, 1].map((digit) => `https://ror.org/0aaaaaa${Number(isReversed)}${digit}`)
      const [one, other] = [
        await createRecord(organizations, api, organization({ ror: rors[0] })),
        await createRecord(organizations, api, organization({ ror: rors[1] })),
      ]
      const patches: [object, object][] = [
        [{ id: one.key }, { ror: rors[1] }],
        [{ id: other.key }, { ror: rors[0] }],
      ]
      await patchBoth(organizations, patches, isReversed)
      const holders = async (query: string) => {
        const response = await api.get(`/v1/organizations?ror=${encodeURIComponent(rors[0] ?? '')}${query}`)
        return response.json<{ data: Document[] }>().data.map(({ id }) => id)
      }
      expect(await holders('')).toEqual([other.key])
      expect(await holders(`&asOf=${other.record.updatedAt}`)).toEqual([one.key])
    },
  )

  it.each(orders)('may exchange their codes in a scheme', async ({ isReversed }) => {
    const scheme = `exchange-${isReversed}`
    await createRecord(topics, api, topic(`${scheme}-1`, { scheme, code: '1' }))
    await createRecord(topics, api, topic(`${scheme}-2`, { scheme, code: '2' }))
    const patches: [object, object][] = [
      [{ slug: `${scheme}-1` }, { code: '2' }],
      [{ slug: `${scheme}-2` }, { code: '1' }],
    ]
    await patchBoth(topics, patches, isReversed)
  })

  it.each(orders)('may have the same code if one of them is a withdrawn state', async ({ isReversed }) => {
    const countries = resourceOf('countries')
    const [one, other] = [await exampleDocument(countries, api), await exampleDocument(countries, api)]
    await createRecord(countries, api, { ...one, validTo: null })
    await createRecord(countries, api, { ...other, alpha2: null })
    const patches: [object, object][] = [
      [{ code: one.code }, { validTo: '2011' }],
      [{ code: other.code }, { alpha2: one.alpha2 }],
    ]
    await patchBoth(countries, patches, isReversed)
  })

  it('cannot share a unique value that its holder does not release', async () => {
    const ror = 'https://ror.org/0aaaaaa99'
    const holder = await createRecord(organizations, api, organization({ ror }))
    const other = await createRecord(organizations, api, organization())
    const operations = [
      { op: 'patch', id: other.key, ifMatch: '*', patch: { ror } },
      { op: 'patch', id: holder.key, ifMatch: '*', patch: { name: 'Renamed' } },
    ]
    const problem = readProblem(await sendBulk(api, organizations, operations))
    expect(problem.errors).toMatchObject([{ pointer: '/operations/0/patch/ror', code: 'taken' }])
    expect(await statusesOf(api, organizations, operations)).toEqual([409, 200])
    expect((await api.get(holder.path)).json()).toMatchObject({ ror, name: 'Renamed' })
  })
})
