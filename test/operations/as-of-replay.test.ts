// @module-tag slow

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type HttpResponse, useTestApi } from '../support/api.ts'
import { type Document, databaseTime, type Page } from '../support/documents.ts'
import { type Change, waitForFeed } from '../support/feed.ts'

/** Compares responses with `asOf` to a replay of the feed of changes up to that time, for random histories. */

const api = useTestApi()

/** The resources whose records random histories change. A `Kind` is one of these resources, not the property `kind`. */
const kinds = ['topics', 'organizations', 'agreements'] as const
type Kind = (typeof kinds)[number]

/** A step on the record of its kind at `index`. `draw` determines the values. A `look` only notes the time. */
interface Step {
  action: 'create' | 'patch' | 'replace' | 'remove' | 'restore' | 'look'
  kind: Kind
  index: number
  draw: [number, number, number]
}

const countries = ['CHN', 'PAK', 'DEU']
const statuses = ['signed', 'in_force', null]

const anyStep: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom('create', 'create', 'patch', 'patch', 'replace', 'remove', 'restore', 'look'),
  kind: fc.constantFrom(...kinds),
  index: fc.nat(20),
  draw: fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)),
})

const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % list.length]

/** All records that a history has created, in order, including removed ones. */
class CreatedRecords {
  readonly keys: Record<Kind, string[]> = { topics: [], organizations: [], agreements: [] }
  #slugCount = 0

  /** Returns a document of a kind, which may refer to other records. */
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
    this.#slugCount += 1
    return `replay-${Date.now()}-${this.#slugCount}`
  }
}

/**
 * Applies a step. The registry may refuse it because of references, because the record is removed, or because the record has no
 * earlier version to restore. Then neither the records nor the feed change.
 */
async function applyStep(created: CreatedRecords, step: Step): Promise<void> {
  const { status, text } = await send(created, step)
  expect([200, 201, 204, 404, 409, 422], text).toContain(status)
}

async function send(created: CreatedRecords, { action, kind, index, draw }: Step): Promise<HttpResponse> {
  const document = created.document(kind, draw)
  if (action === 'create' || created.keys[kind].length === 0) {
    const slug = created.slug()
    const response = await api.post(`/v1/${kind}`, kind === 'topics' ? { ...document, slug } : document)
    const { id } = response.json()
    if (response.status === 201) created.keys[kind].push(kind === 'topics' ? slug : String(id))
    return response
  }
  const key = pick(created.keys[kind], index)
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
    default: // 'restore'
      return api.post(`${path}/restore`, undefined, { headers: { 'if-match': '*' } })
  }
}

/** Returns all changes of a history. */
async function feedOf(created: CreatedRecords): Promise<Change[]> {
  await waitForFeed(api)
  const wanted = Object.values(created.keys).flat()
  const changes: Change[] = []
  for (let after = ''; ; ) {
    const response = await api.get(`/v1/changes?limit=200&resource=${kinds.join()}${after}`)
    const { data, page } = response.json<{ data: Change[]; page: { after: string; more: boolean } }>()
    changes.push(...data.filter(({ key }) => wanted.includes(key)))
    if (!page.more) return changes
    after = `&after=${page.after}`
  }
}

/** Applies the changes of the feed up to a time to an empty registry. @returns its records. */
function replay(changes: Change[], moment: string): Record<Kind, Map<string, Document>> {
  const state = { topics: new Map(), organizations: new Map(), agreements: new Map() }
  for (const { resource, key, operation, time, document } of changes) {
    if (time > moment) continue
    const kind = kinds.find((candidate) => candidate === resource) ?? 'topics'
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

/** Returns the slugs of a topic and of all its broader topics. */
function withBroader({ topics }: State, slug: string): string[] {
  const broader = topics.get(slug)?.broader
  return [slug, ...(typeof broader === 'string' ? withBroader({ topics } as State, broader) : [])]
}

const compareTexts = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)

/** Sorts records by a property in descending order, and then by the key in descending order. */
const sorted = (records: Iterable<Document>, name: string, key: string) =>
  [...records].sort((a, b) => compareTexts(b[name], a[name]) || compareTexts(b[key], a[key]))

const countByKey = (keys: string[]) => {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => compareTexts(a, b)))
}

/** Sends requests with `asOf`, and expects responses that match the replayed state. */
async function expectReplayedState(created: CreatedRecords, state: State, moment: string): Promise<void> {
  const { topics, organizations, agreements } = created.keys
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
  const aboutTopic = all.filter((agreement) =>
    topicsOf(agreement).some((slug) => withBroader(state, slug).includes(topic)),
  )
  expect(await data(`/v1/agreements?id=${agreements.join()}&sort=-title&topic=${topic}`)).toEqual(
    sorted(aboutTopic, 'title', 'id'),
  )

  const where = {
    id: { in: agreements },
    or: [{ status: { eq: 'signed' } }, { parties: { some: { organizationCountry: { eq: 'PAK' } } } }],
  }
  const sort = [{ by: 'title', direction: 'desc' }]
  const found = await api.post(`/v1/agreements/search?${asOf}`, { where, sort, limit: 200, count: 'exact' })
  const matching = all.filter(
    (agreement) =>
      agreement.status === 'signed' ||
      partiesOf(agreement).some(
        ({ organization }) => state.organizations.get(organization ?? '')?.country === 'PAK',
      ),
  )
  expect(found.json<Page>().data).toEqual(sorted(matching, 'title', 'id'))
  expect(found.json<Page>().page.total?.count).toBe(matching.length)

  const groups = await api.get(
    `/v1/agreements/aggregate?groupBy=country,status&id=${agreements.join()}&limit=1000&${asOf}`,
  )
  const { data: rows, total } = groups.json<{
    data: { key: Document; measures: { count: number } }[]
    total: number
  }>()
  const expected = all.flatMap((agreement) => {
    const codes = countriesOf(state, agreement)
    return (codes.length > 0 ? codes : [null]).map((country) => `${country} ${agreement.status}`)
  })
  const counts = rows.map(({ key, measures }): [string, number] => [
    `${key.country} ${key.status}`,
    measures.count,
  ])
  expect(Object.fromEntries(counts.sort(([a], [b]) => compareTexts(a, b)))).toEqual(countByKey(expected))
  expect(total).toBe(all.length)

  for (const kind of kinds) {
    const key = created.keys[kind].at(-1) ?? ''
    const read = await api.get(`/v1/${kind}/${key}?${asOf}`)
    expect(read.status === 200 ? read.json() : undefined).toEqual(state[kind].get(key))
    if (kind !== 'agreements' || read.status !== 200) continue
    const included = (await api.get(`/v1/agreements/${key}?include=topicDetails&${asOf}`)).json()
    const details = topicsOf(included).map((slug) => state.topics.get(slug))
    expect(included).toEqual({ ...state.agreements.get(key), topicDetails: details })
  }
}

it('responses as of a time equal a replay of the feed up to that time, for any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 40 }), async (steps) => {
      const created = new CreatedRecords()
      // The first records, to which later ones can refer.
      for (const kind of kinds)
        await applyStep(created, { action: 'create', kind, index: 0, draw: [4, 2, 1] })
      const moments = [await databaseTime(api)]
      for (const step of steps) {
        if (step.action !== 'look') await applyStep(created, step)
        // Two at most, since each time is checked with many requests.
        else if (moments.length < 3) moments.push(await databaseTime(api))
      }
      moments.push(await databaseTime(api))
      const changes = await feedOf(created)
      for (const moment of moments) await expectReplayedState(created, replay(changes, moment), moment)
    }),
    { numRuns: 5, endOnFailure: true },
  )
}, 120_000)
