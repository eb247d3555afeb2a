// @module-tag slow

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { resourceOf } from '../support/documents.ts'

/** The pages of a list during concurrent writes, compared with an oracle without SQL. */

const api = useTestApi()

/** The properties of a project that clients write. There are few values, so that many records have equal sort keys. */
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
type ProjectDocument = typeof document extends fc.Arbitrary<infer T> ? T : never

/** A project as the service returns it. */
type Project = ProjectDocument & { id: string; version: number; createdAt: string; updatedAt: string }

/** The first and last day that each date can mean. Open ends are '' and '9999'. */
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

/** Parameters of a list, and a function that tells whether a record matches them. */
type Filter = [parameters: string, matches: (record: Project) => boolean]
const noFilter: Filter = ['', () => true]
const filters: Filter[] = [
  ['&kind=observatory,other', ({ kind }) => kind !== 'mega_science'],
  ['&kind[ne]=other', ({ kind }) => kind !== 'other'],
  ['&status[isNull]=true', ({ status }) => status === null],
  ['&status[ne]=suspended', ({ status }) => status !== 'suspended'],
  ['&startsOn[gte]=2000', ({ startsOn }) => (span(startsOn)?.[1] ?? '') >= '2000-01-01'],
  ['&amount[lt]=10.25', ({ amounts }) => amounts.some(({ amount }) => amount < 10.25)],
]

const collator = new Intl.Collator('und')
const compareValues = (a: string | number, b: string | number) => (a < b ? -1 : Number(a > b))
// Times are compared as text: without the final Z, `….1` comes before `….12`.
const withoutZone = (text: string) => text.slice(0, -1)

/** Functions that return the value of each sort key; null if the record has none. */
const sortValues: Record<string, (record: Project) => string | number | null> = {
  id: ({ id }) => id,
  createdAt: ({ createdAt }) => withoutZone(createdAt),
  updatedAt: ({ updatedAt }) => withoutZone(updatedAt),
  title: ({ title }) => title,
  kind: ({ kind }) => kind,
  status: ({ status }) => status,
  startsOn: ({ startsOn }) => span(startsOn)?.[0] ?? null,
  endsOn: ({ endsOn }) => span(endsOn)?.[0] ?? null,
}

/** Compares two records in a list: negative if `a` comes first, positive if `b` comes first. */
function compare(a: Project, b: Project, sort: string[]): number {
  for (const sortKey of sort) {
    const key = sortKey.replace('-', '')
    const [one, other] = [a, b].map((record) => sortValues[key]?.(record) ?? null)
    if (one === other || one === undefined || other === undefined) continue
    // Records without a value come last, in both directions.
    if (one === null || other === null) return one === null ? 1 : -1
    const order = key === 'title' ? collator.compare(String(one), String(other)) : compareValues(one, other)
    if (order !== 0) return sortKey.startsWith('-') ? -order : order
  }
  // The id is sorted in the direction of the last sort key.
  return sort.at(-1)?.startsWith('-') ? compareValues(b.id, a.id) : compareValues(a.id, b.id)
}

/** Sort parameters with up to three of the documented sort keys. */
const sorts = fc
  .uniqueArray(fc.constantFrom(...Object.keys(resourceOf('projects').sorts)), { maxLength: 3 })
  .chain((keys) => fc.tuple(...keys.map((key) => fc.constantFrom(key, `-${key}`))))

/** Some properties of a document. */
const change = document.chain((whole) =>
  fc
    .subarray(Object.keys(whole), { minLength: 1 })
    .map((names) => Object.fromEntries(Object.entries(whole).filter(([name]) => names.includes(name)))),
)

/** The index of an existing record, divided by the number of existing records. */
const relativeIndex = fc.double({ min: 0, max: 0.999, noNaN: true })

/** A write. Most writes are patches, which may move records in the list. */
const write = fc.oneof(
  { weight: 4, arbitrary: fc.record({ action: fc.constant('patch' as const), relativeIndex, change }) },
  { weight: 2, arbitrary: fc.record({ action: fc.constant('create' as const), document }) },
  { weight: 1, arbitrary: fc.record({ action: fc.constant('delete' as const), relativeIndex }) },
)
type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

/** A page, and the writes before or during its request. */
const step = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  writes: fc.array(write, { minLength: 1, maxLength: 3 }),
  when: fc.constantFrom('before', 'meanwhile'),
})

const scenarios = fc.record({
  documents: fc.array(document, { minLength: 5, maxLength: 12, size: 'max' }),
  sort: sorts,
  filter: fc.constantFrom(noFilter, ...filters),
  steps: fc.array(step, { minLength: 3, maxLength: 6, size: 'max' }),
})
type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never

/** The existing records, and every state of each record so far. */
class TrackedRecords {
  readonly live = new Map<string, Project>()
  readonly states = new Map<string, Project[]>()

  /** Creates records in one transaction. @returns their createdAt. */
  async createAll(documents: ProjectDocument[]): Promise<string> {
    const lines = documents.map((one) => JSON.stringify(one)).join('\n')
    const response = await api.post('/v1/projects/import', lines, {
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(response.status, response.text).toBe(201)
    const ids = response.json<{ data: { id: string }[] }>().data.map(({ id }) => id)
    const { data } = (await api.get(`/v1/projects?limit=200&id=${ids}`)).json<{ data: Project[] }>()
    expect(data).toHaveLength(documents.length)
    for (const record of data) this.addState(record)
    return data[0]?.createdAt ?? ''
  }

  addState(record: Project): void {
    this.live.set(record.id, record)
    this.states.set(record.id, [...(this.states.get(record.id) ?? []), record])
  }

  async write(writing: Write): Promise<void> {
    if (writing.action === 'create') {
      const response = await api.post('/v1/projects', writing.document)
      expect(response.status, response.text).toBe(201)
      return this.addState(response.json<Project>())
    }
    const id = [...this.live.keys()][Math.floor(writing.relativeIndex * this.live.size)]
    if (id === undefined) return
    if (writing.action === 'delete') {
      expect((await api.delete(`/v1/projects/${id}`)).status).toBe(204)
      this.live.delete(id)
      return
    }
    const response = await api.patch(`/v1/projects/${id}`, writing.change)
    expect(response.status, response.text).toBe(200)
    const record = response.json<Project>()
    // A patch that changes nothing does not add a state.
    if (record.version !== this.live.get(id)?.version) this.addState(record)
  }
}

/** Reads all pages of a list during writes. @returns the records of all pages, in order. */
async function readPages(
  { sort, filter, steps }: Scenario,
  tracked: TrackedRecords,
  since: string,
): Promise<Project[]> {
  const parameters = `createdAt[gte]=${since}${filter[0]}${sort.length > 0 ? `&sort=${sort}` : ''}`
  const seen: Project[] = []
  for (let index = 0, next: string | null = ''; next !== null; index += 1) {
    const { limit, writes, when } = steps[index] ?? { limit: 5, writes: [], when: 'before' }
    const written = (async () => {
      // One after another, since each write selects an existing record.
      for (const writing of writes) await tracked.write(writing)
    })()
    if (when === 'before') await written
    const request = api.get(`/v1/projects?${parameters}&limit=${limit}${next && `&cursor=${next}`}`)
    const [response] = await Promise.all([request, written])
    expect(response.status, response.text).toBe(200)
    const page = response.json<{ data: Project[]; page: { next: string | null } }>()
    seen.push(...page.data)
    next = page.page.next
  }
  return seen
}

/** Tells whether every state of a record matches the filter and has the same place in the list. */
function isConstantMatch(states: Project[], { sort, filter: [, matches] }: Scenario): boolean {
  const [first] = states
  return first !== undefined && states.every((state) => matches(state) && compare(first, state, sort) === 0)
}

describe('the pages of a list under concurrent writes', { timeout: 60_000 }, () => {
  it('return exactly once each record that keeps its place, only matching records, all in order', async () => {
    const counts = { constant: 0, changed: 0 }
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const { documents, sort, filter } = scenario
        const tracked = new TrackedRecords()
        const since = await tracked.createAll(documents)
        const initialIds = new Set(tracked.live.keys())
        const seen = await readPages(scenario, tracked, since)

        for (const record of seen) {
          expect(tracked.states.get(record.id), 'a state that the record was in').toContainEqual(record)
          expect(filter[1](record), 'the returned state matches the filter').toBe(true)
        }
        seen.slice(1).forEach((after, index) => {
          const before = seen[index]
          // So a record that is returned again has moved to a later place.
          expect(before && compare(before, after, sort), 'comes after the previous record').toBeLessThan(0)
        })
        const constant = [...tracked.live.keys()].filter(
          (id) => initialIds.has(id) && isConstantMatch(tracked.states.get(id) ?? [], scenario),
        )
        const shown = seen.map(({ id }) => id)
        expect(shown.filter((id) => constant.includes(id)).sort()).toEqual(constant.sort())

        counts.constant += constant.length
        counts.changed += [...tracked.states.values()].filter((states) => states.length > 1).length
      }),
      { numRuns: 25 },
    )
    // Otherwise the test would prove nothing.
    expect(counts.constant).toBeGreaterThan(20)
    expect(counts.changed).toBeGreaterThan(5)
  })
})
