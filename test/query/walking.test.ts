import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, openApi } from '../support/api.ts'
import { resourceOf } from '../support/documents.ts'

/** The pages of a list during concurrent writes, compared with an oracle without SQL. */

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

/** What clients write of a project here. Values are few, so that many records are equal in a sort key. */
const document = fc.record({
  title: fc.constantFrom('a', 'A', 'ä', 'b', 'Z', 'É', '火', 'a b'),
  kind: fc.constantFrom('observatory', 'other', 'mega_science'),
  status: fc.constantFrom('suspended', 'implementation', null),
  startsOn: fc.constantFrom('../1985', '198X', '1999-12', '2001', '2001-01', '2001/..', null),
  endsOn: fc.constantFrom('2001-01-01', '2010?', null),
  amounts: fc
    .constantFrom([], [9], [10.5], [10, 11])
    .map((sums) => sums.map((amount) => ({ kind: 'budget', amount, currency: 'CNY' }))),
})
type Written = typeof document extends fc.Arbitrary<infer T> ? T : never

/** A project as it is shown. */
type Shown = Written & { id: string; version: number; createdAt: string; updatedAt: string }

/** The first and the last day that a date here can mean; a year beyond all stands for open ends. */
const spans: Record<string, [from: string, to: string]> = {
  '../1985': ['', '1985-12-31'],
  '198X': ['1980-01-01', '1989-12-31'],
  '1999-12': ['1999-12-01', '1999-12-31'],
  '2001': ['2001-01-01', '2001-12-31'],
  '2001-01': ['2001-01-01', '2001-01-31'],
  '2001/..': ['2001-01-01', '9999'],
  '2001-01-01': ['2001-01-01', '2001-01-01'],
  '2010?': ['2010-01-01', '2010-12-31'],
}
const span = (date: string | null) => (date === null ? undefined : spans[date])

/** Filters, and whether a record is in the list that they make. */
type Filter = [search: string, matches: (record: Shown) => boolean]
const none: Filter = ['', () => true]
const filters: Filter[] = [
  ['&kind=observatory,other', ({ kind }) => kind !== 'mega_science'],
  ['&kind[ne]=other', ({ kind }) => kind !== 'other'],
  ['&status[isNull]=true', ({ status }) => status === null],
  ['&status[ne]=suspended', ({ status }) => status !== 'suspended'],
  ['&startsOn[gte]=2000', ({ startsOn }) => (span(startsOn)?.[1] ?? '') >= '2000-01-01'],
  ['&amount[lt]=10.25', ({ amounts }) => amounts.some(({ amount }) => amount < 10.25)],
]

const collator = new Intl.Collator('und')
const smaller = (a: string | number, b: string | number) => (a < b ? -1 : Number(a > b))
// Without what ends it, a time with fewer digits is the smaller text.
const time = (text: string) => text.slice(0, -1)

/** What a record is sorted by; null where it has no value. */
const sortValues: Record<string, (record: Shown) => string | number | null> = {
  id: ({ id }) => id,
  createdAt: ({ createdAt }) => time(createdAt),
  updatedAt: ({ updatedAt }) => time(updatedAt),
  title: ({ title }) => title,
  kind: ({ kind }) => kind,
  status: ({ status }) => status,
  startsOn: ({ startsOn }) => span(startsOn)?.[0] ?? null,
  endsOn: ({ endsOn }) => span(endsOn)?.[0] ?? null,
}

/** Whether a record stands before another (negative), after it (positive) or has the same place (0). */
function compare(a: Shown, b: Shown, sort: string[]): number {
  for (const word of sort) {
    const key = word.replace('-', '')
    const [one, other] = [a, b].map((record) => sortValues[key]?.(record) ?? null)
    if (one === other || one === undefined || other === undefined) continue
    // Records without a value come last, in both directions.
    if (one === null || other === null) return one === null ? 1 : -1
    const order = key === 'title' ? collator.compare(String(one), String(other)) : smaller(one, other)
    if (order !== 0) return word.startsWith('-') ? -order : order
  }
  // The key goes the way of what stands before it.
  return sort.at(-1)?.startsWith('-') ? smaller(b.id, a.id) : smaller(a.id, b.id)
}

/** Orders by up to three of the documented keys. */
const sorts = fc
  .uniqueArray(fc.constantFrom(...Object.keys(resourceOf('projects').sorts)), { maxLength: 3 })
  .chain((keys) => fc.tuple(...keys.map((key) => fc.constantFrom(key, `-${key}`))))

/** Some properties of a document. */
const change = document.chain((whole) =>
  fc
    .subarray(Object.keys(whole), { minLength: 1 })
    .map((names) => Object.fromEntries(Object.entries(whole).filter(([name]) => names.includes(name)))),
)

/** Selects one of the existing records, as a share of their number. */
const share = fc.double({ min: 0, max: 0.999, noNaN: true })

/** A write; most are changes, which move records. */
const write = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('patch' as const), at: share, change }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('create' as const), document }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('delete' as const), at: share }) },
)
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

/** A page, and what is written before it is requested or while it is read. */
const step = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  writes: fc.array(write, { minLength: 1, maxLength: 3 }),
  when: fc.constantFrom('before', 'meanwhile'),
})

const walks = fc.record({
  documents: fc.array(document, { minLength: 5, maxLength: 12, size: 'max' }),
  sort: sorts,
  filter: fc.constantFrom(none, ...filters),
  steps: fc.array(step, { minLength: 3, maxLength: 6, size: 'max' }),
})
type Walk = typeof walks extends fc.Arbitrary<infer T> ? T : never

/** The records that there are, and every state that each has been in. */
class Registry {
  readonly live = new Map<string, Shown>()
  readonly states = new Map<string, Shown[]>()

  /** Makes records at one moment, which is returned. */
  async fill(documents: Written[]): Promise<string> {
    const lines = documents.map((one) => JSON.stringify(one)).join('\n')
    const response = await api.post('/v1/projects/import', lines, {
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(response.status, response.text).toBe(201)
    const ids = response.json<{ data: { id: string }[] }>().data.map(({ id }) => id)
    const { data } = (await api.get(`/v1/projects?limit=200&id=${ids}`)).json<{ data: Shown[] }>()
    expect(data).toHaveLength(documents.length)
    for (const record of data) this.keep(record)
    return data[0]?.createdAt ?? ''
  }

  keep(record: Shown): void {
    this.live.set(record.id, record)
    this.states.set(record.id, [...(this.states.get(record.id) ?? []), record])
  }

  async write(writing: Write): Promise<void> {
    if (writing.does === 'create') {
      const response = await api.post('/v1/projects', writing.document)
      expect(response.status, response.text).toBe(201)
      return this.keep(response.json<Shown>())
    }
    const id = [...this.live.keys()][Math.floor(writing.at * this.live.size)]
    if (id === undefined) return
    if (writing.does === 'delete') {
      expect((await api.delete(`/v1/projects/${id}`)).status).toBe(204)
      this.live.delete(id)
      return
    }
    const response = await api.patch(`/v1/projects/${id}`, writing.change)
    expect(response.status, response.text).toBe(200)
    const record = response.json<Shown>()
    // A patch that changes nothing leaves the record in the state that it was in.
    if (record.version !== this.live.get(id)?.version) this.keep(record)
  }
}

/** Walks through the pages while others write. @returns what was shown, page after page. */
async function seenBy({ sort, filter, steps }: Walk, registry: Registry, since: string): Promise<Shown[]> {
  const search = `createdAt[gte]=${since}${filter[0]}${sort.length > 0 ? `&sort=${sort}` : ''}`
  const seen: Shown[] = []
  for (let index = 0, next: string | null = ''; next !== null; index += 1) {
    const { limit, writes, when } = steps[index] ?? { limit: 5, writes: [], when: 'before' }
    const written = (async () => {
      // One after the other, since each is meant for a record that is there.
      for (const writing of writes) await registry.write(writing)
    })()
    if (when === 'before') await written
    const request = api.get(`/v1/projects?${search}&limit=${limit}${next && `&cursor=${next}`}`)
    const [response] = await Promise.all([request, written])
    expect(response.status, response.text).toBe(200)
    const page = response.json<{ data: Shown[]; page: { next: string | null } }>()
    seen.push(...page.data)
    next = page.page.next
  }
  return seen
}

/** Whether every state that a record was in has the same place in the list and is of it. */
function isThroughout(states: Shown[], { sort, filter: [, matches] }: Walk): boolean {
  const [first] = states
  return first !== undefined && states.every((state) => matches(state) && compare(first, state, sort) === 0)
}

describe('the pages of a list under concurrent writes', { timeout: 60_000 }, () => {
  it('return each lasting match once, nothing that never matched, and always in order', async () => {
    const met = { throughout: 0, moved: 0 }
    await fc.assert(
      fc.asyncProperty(walks, async (walk) => {
        const { documents, sort, filter } = walk
        const registry = new Registry()
        const since = await registry.fill(documents)
        const first = new Set(registry.live.keys())
        const seen = await seenBy(walk, registry, since)

        for (const record of seen) {
          expect(registry.states.get(record.id), 'a state that the record was in').toContainEqual(record)
          expect(filter[1](record), 'matches as it was shown').toBe(true)
        }
        seen.slice(1).forEach((after, index) => {
          const before = seen[index]
          // So who is shown again stands further on by then.
          expect(before && compare(before, after, sort), 'comes after what was shown before').toBeLessThan(0)
        })
        const throughout = [...registry.live.keys()].filter(
          (id) => first.has(id) && isThroughout(registry.states.get(id) ?? [], walk),
        )
        const shown = seen.map(({ id }) => id)
        expect(shown.filter((id) => throughout.includes(id)).sort()).toEqual(throughout.sort())

        met.throughout += throughout.length
        met.moved += [...registry.states.values()].filter((states) => states.length > 1).length
      }),
      { numRuns: 25 },
    )
    // Otherwise it would have shown nothing.
    expect(met.throughout).toBeGreaterThan(20)
    expect(met.moved).toBeGreaterThan(5)
  })
})
