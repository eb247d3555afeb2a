import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, type HttpResponse, openApi } from '../support/api.ts'
import { type Document, databaseTime, type Page } from '../support/documents.ts'

/** The registry of a moment against a replay of the feed of changes up to it, for histories of any kind. */

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

interface Change {
  position: string
  resource: string
  key: string
  operation: string
  time: string
  document: Document
}

const kinds = ['topics', 'organizations', 'agreements'] as const
type Kind = (typeof kinds)[number]

/** The next step, applied to the `at`-th record of its kind. */
interface Step {
  action: 'create' | 'patch' | 'replace' | 'remove' | 'restore' | 'look'
  kind: Kind
  at: number
  draw: [number, number, number]
}

const countries = ['CHN', 'PAK', 'DEU']
const statuses = ['signed', 'in_force', null]

const step: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom('create', 'create', 'patch', 'patch', 'replace', 'remove', 'restore', 'look'),
  kind: fc.constantFrom(...kinds),
  at: fc.nat(20),
  draw: fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)),
})

const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % list.length]

/** All records that a history has created, in order, also removed ones. */
class Made {
  readonly keys: Record<Kind, string[]> = { topics: [], organizations: [], agreements: [] }
  #names = 0

  /** A document of a kind that refers to some of the other records. */
  document(kind: Kind, [a, b, c]: Step['draw']): Document {
    const topic = pick(this.keys.topics, a)
    const organization = pick(this.keys.organizations, b)
    switch (kind) {
      case 'topics':
        return { name: `T${c % 5}`, scheme: 'domain', broader: a % 2 ? (topic ?? null) : null }
      case 'organizations':
        return {
          name: `O${c % 5}`,
          kind: 'other',
          country: pick(countries, a),
          parent: b % 2 ? (organization ?? null) : null,
        }
      case 'agreements':
        return {
          title: `A${c % 5}`,
          kind: 'treaty',
          status: pick(statuses, b),
          topics: topic && a % 3 ? [topic] : [],
          parties: [
            ...(c % 3 ? [{ country: pick(countries, b), role: 'party' }] : []),
            ...(organization && a % 2 ? [{ organization, role: 'party' }] : []),
          ],
        }
    }
  }

  slug(): string {
    this.#names += 1
    return `replay-${Date.now()}-${this.#names}`
  }
}

/** Does a step. What the registry refuses, because of what else refers to what, is no change, and so in no feed. */
async function take(made: Made, { action, kind, at, draw }: Step): Promise<HttpResponse | undefined> {
  const document = made.document(kind, draw)
  if (action === 'create' || made.keys[kind].length === 0) {
    const slug = made.slug()
    const response = await api.post(`/v1/${kind}`, kind === 'topics' ? { ...document, slug } : document)
    const { id } = response.json()
    if (response.status === 201) made.keys[kind].push(kind === 'topics' ? slug : String(id))
    return response
  }
  const key = pick(made.keys[kind], at)
  const path = `/v1/${kind}/${key}`
  switch (action) {
    case 'patch': {
      const [property = ''] = pick(Object.entries(document), draw[0] + draw[1]) ?? []
      return api.patch(path, { [property]: document[property] })
    }
    case 'replace':
      return api.put(path, kind === 'topics' ? { ...document, slug: key } : document)
    case 'remove':
      return api.delete(path)
    default:
      return api.post(`${path}/restore`, undefined, { headers: { 'if-match': '*' } })
  }
}

/** Every change of a history, once the feed has all of it: transactions of others on the server hold it up. */
async function feedOf(made: Made): Promise<Change[]> {
  const wanted = Object.values(made.keys).flat()
  const { rows } = await api.pool.query<{ count: number }>(
    'select count(*)::int as count from revisions where key = any($1)',
    [wanted],
  )
  for (let tries = 0; tries < 500; tries++) {
    const changes: Change[] = []
    for (let after = ''; ; ) {
      const response = await api.get(`/v1/changes?limit=200&resource=${kinds.join()}${after}`)
      const { data, page } = response.json<{ data: Change[]; page: { after: string; more: boolean } }>()
      changes.push(...data.filter(({ key }) => wanted.includes(key)))
      if (!page.more) break
      after = `&after=${page.after}`
    }
    if (changes.length === rows[0]?.count) return changes
    await sleep(20)
  }
  throw new Error('the feed does not come to its end')
}

/** The registry by the feed up to a moment. */
function replay(changes: Change[], moment: string): Record<Kind, Map<string, Document>> {
  const state = { topics: new Map(), organizations: new Map(), agreements: new Map() }
  for (const { resource, key, operation, time, document } of changes) {
    if (time > moment) continue
    const kind = kinds.find((one) => one === resource) ?? 'topics'
    if (operation === 'remove') state[kind].delete(key)
    else state[kind].set(key, document)
  }
  return state
}

type State = ReturnType<typeof replay>
type Party = { country: string | null; organization: string | null }

const partiesOf = (agreement: Document) => agreement.parties as Party[]
const topicsOf = (agreement: Document) => agreement.topics as string[]

const countriesOf = ({ organizations }: State, agreement: Document): string[] => [
  ...new Set(
    partiesOf(agreement).flatMap(({ country, organization }) => {
      const found = country ?? organizations.get(organization ?? '')?.country
      return typeof found === 'string' ? [found] : []
    }),
  ),
]

/** A topic with all above it. */
function upward({ topics }: State, slug: string): string[] {
  const broader = topics.get(slug)?.broader
  return [slug, ...(typeof broader === 'string' ? upward({ topics } as State, broader) : [])]
}

const order = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)

/** By a name, downward, and then by the key. */
const sorted = (records: Iterable<Document>, name: string, key: string) =>
  [...records].sort((a, b) => order(b[name], a[name]) || order(b[key], a[key]))

const counted = (keys: string[]) => {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => order(a, b)))
}

/** The requests as of a moment, with the responses that the replay expects. */
async function compare(made: Made, state: State, moment: string): Promise<void> {
  const { topics, organizations, agreements } = made.keys
  const asOf = `asOf=${moment}`
  const data = async (path: string) => (await api.get(`${path}&limit=200&${asOf}`)).json<Page>().data
  const all = [...state.agreements.values()]

  expect(await data(`/v1/topics?slug=${topics.join()}&sort=-name`)).toEqual(
    sorted(state.topics.values(), 'name', 'slug'),
  )
  expect(await data(`/v1/organizations?id=${organizations.join()}&sort=-name&country=CHN,PAK`)).toEqual(
    sorted(
      [...state.organizations.values()].filter(({ country }) => country !== 'DEU'),
      'name',
      'id',
    ),
  )
  const topic = topics[0] ?? 'energy'
  const about = all.filter((one) => topicsOf(one).some((slug) => upward(state, slug).includes(topic)))
  expect(await data(`/v1/agreements?id=${agreements.join()}&sort=-title&topic=${topic}`)).toEqual(
    sorted(about, 'title', 'id'),
  )

  const where = {
    id: { in: agreements },
    or: [{ status: { eq: 'signed' } }, { parties: { some: { organizationCountry: { eq: 'PAK' } } } }],
  }
  const sort = [{ by: 'title', direction: 'desc' }]
  const found = await api.post(`/v1/agreements/search?${asOf}`, { where, sort, limit: 200, count: 'exact' })
  const fitting = all.filter(
    (one) =>
      one.status === 'signed' ||
      partiesOf(one).some(
        ({ organization }) => state.organizations.get(organization ?? '')?.country === 'PAK',
      ),
  )
  expect(found.json<Page>().data).toEqual(sorted(fitting, 'title', 'id'))
  expect(found.json<Page>().page.total?.count).toBe(fitting.length)

  const groups = await api.get(
    `/v1/agreements/aggregate?groupBy=country,status&id=${agreements.join()}&limit=1000&${asOf}`,
  )
  const { data: rows, total } = groups.json<{
    data: { key: Document; measures: { count: number } }[]
    total: number
  }>()
  const expected = all.flatMap((one) => {
    const own = countriesOf(state, one)
    return (own.length > 0 ? own : [null]).map((country) => `${country} ${one.status}`)
  })
  const counts = rows.map(({ key, measures }): [string, number] => [
    `${key.country} ${key.status}`,
    measures.count,
  ])
  expect(Object.fromEntries(counts.sort(([a], [b]) => order(a, b)))).toEqual(counted(expected))
  expect(total).toBe(all.length)

  for (const kind of kinds) {
    const key = made.keys[kind].at(-1) ?? ''
    const read = await api.get(`/v1/${kind}/${key}?${asOf}`)
    expect(read.status === 200 ? read.json() : undefined).toEqual(state[kind].get(key))
    if (kind !== 'agreements' || read.status !== 200) continue
    const included = (await api.get(`/v1/agreements/${key}?include=topicDetails&${asOf}`)).json()
    const details = topicsOf(included).map((slug) => state.topics.get(slug))
    expect(included).toEqual({ ...state.agreements.get(key), topicDetails: details })
  }
}

it('responses as of a moment equal a replay of the feed up to it, for any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      const made = new Made()
      // So that there is something to tie the others to.
      for (const kind of kinds) await take(made, { action: 'create', kind, at: 0, draw: [4, 2, 1] })
      const moments = [await databaseTime(api)]
      for (const one of steps) {
        if (one.action === 'look' && moments.length < 3) moments.push(await databaseTime(api))
        else await take(made, one)
      }
      moments.push(await databaseTime(api))
      const changes = await feedOf(made)
      for (const moment of moments) await compare(made, replay(changes, moment), moment)
    }),
    { numRuns: 5, endOnFailure: true },
  )
}, 120_000)
