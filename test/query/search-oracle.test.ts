// @module-tag slow

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { insertDocuments } from '../../src/operations/writing/documents.ts'
import { checkDocument } from '../../src/operations/writing/validation.ts'
import { registry } from '../../src/resources/registry.ts'
import { useTestApi } from '../support/api.ts'
import { testCreation } from '../support/authorship.ts'
import { dateMatches, parseSpan } from '../support/date-oracle.ts'
import { pseudoRandom } from '../support/pseudo-random.ts'

const api = useTestApi()
beforeAll(createAgreements)

interface Party {
  country: string | null
  region: string | null
  role: string
}

interface Agreement {
  title: string
  kind: string
  status: string | null
  signedOn: string | null
  parties: Party[]
  topics: string[]
}

const kinds = ['treaty', 'protocol', 'joint_statement']
const statuses = [null, 'signed', 'in_force', 'expired']
const dates = [null, '2008', '2009', '2009-06', '2010', '2010-02', '201X', '2011-01', '2012/2013', '2011/..']
const countries = ['CHN', 'PAK', 'DEU']
const roles = ['party', 'observer']
const topics = ['energy', 'innovation', 'ocean']
const titles = ['Alpha accord', 'BETA note', 'Crème 100%', 'delta_accord']

function makeAgreements(count: number): Agreement[] {
  const random = pseudoRandom(7)
  const pick = <T>(values: readonly T[]): T => values[random(values.length)] as T
  const subset = <T>(values: readonly T[]): T[] => values.filter(() => random(2) === 0)
  return Array.from({ length: count }, (_, index) => ({
    title: `${pick(titles)} ${index}`,
    kind: pick(kinds),
    status: pick(statuses),
    signedOn: pick(dates),
    parties: [
      ...subset(countries).map((country) => ({ country, region: null, role: pick(roles) })),
      ...(random(4) === 0 ? [{ country: null, region: '002', role: 'party' }] : []),
    ],
    topics: subset(topics),
  }))
}

const agreements = makeAgreements(80)
const scheme = 'search-test'

async function createAgreements(): Promise<void> {
  const resource = registry.get('agreements')
  const documents = agreements.map((agreement, index) =>
    checkDocument(resource, { ...agreement, externalIds: [{ scheme, id: String(index) }] }),
  )
  await api.database.transaction((transaction) =>
    insertDocuments(transaction, resource, documents, testCreation),
  )
}

/** Tells whether an agreement matches a tree of conditions, computed in TypeScript. */
type Oracle = (agreement: Agreement) => boolean

interface Condition {
  where: object
  matches: Oracle
}

const dateOperators = [
  'eq',
  'gt',
  'gte',
  'lt',
  'lte',
  'certainlyGt',
  'certainlyGte',
  'certainlyLt',
  'certainlyLte',
  'overlaps',
  'within',
  'contains',
]

const dateLeaf = fc
  .tuple(fc.constantFrom(...dateOperators), fc.constantFrom('2009', '2010', '2010-02', '2011', '201X'))
  .map(
    ([operator, given]): Condition => ({
      where: { signedOn: { [operator]: given } },
      matches: ({ signedOn }) => dateMatches(signedOn, operator, given),
    }),
  )

const dateListLeaf = fc.subarray(['2008', '2010-02', '2013'], { minLength: 1 }).map(
  (given): Condition => ({
    where: { signedOn: { in: given } },
    matches: ({ signedOn }) => given.some((date) => dateMatches(signedOn, 'eq', date)),
  }),
)

const scalarLeaf = fc.oneof(
  fc.subarray(kinds, { minLength: 1 }).map(
    (given): Condition => ({
      where: { kind: { in: given } },
      matches: ({ kind }) => given.includes(kind),
    }),
  ),
  fc.constantFrom('signed', 'expired').map(
    (given): Condition => ({
      where: { status: { ne: given } },
      matches: ({ status }) => status !== given,
    }),
  ),
  fc.boolean().map(
    (given): Condition => ({
      where: { status: { isNull: given } },
      matches: ({ status }) => (status === null) === given,
    }),
  ),
  fc.constantFrom('accord', 'CREME', '0%', '_', 'a n').map(
    (given): Condition => ({
      where: { title: { contains: given } },
      matches: ({ title }) => normalize(title).includes(normalize(given)),
    }),
  ),
  fc.constantFrom('alpha', 'Crème', 'delta').map(
    (given): Condition => ({
      where: { title: { startsWith: given } },
      matches: ({ title }) => normalize(title).startsWith(normalize(given)),
    }),
  ),
)

const normalize = (text: string) => text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '')

const partyLeaf = fc.oneof(
  fc.constantFrom(...countries).map((given) => ({
    where: { country: { eq: given } },
    matches: ({ country }: Party) => country === given,
  })),
  fc.constantFrom(...roles).map((given) => ({
    where: { role: { eq: given } },
    matches: ({ role }: Party) => role === given,
  })),
  fc.tuple(fc.constantFrom(...countries), fc.constantFrom(...roles)).map(([givenCountry, givenRole]) => ({
    where: { country: { eq: givenCountry }, role: { eq: givenRole } },
    matches: ({ country, role }: Party) => country === givenCountry && role === givenRole,
  })),
  fc.constant({ where: { country: { isNull: true } }, matches: ({ country }: Party) => country === null }),
)

const quantifiers = {
  some: (parties: Party[], matches: (party: Party) => boolean) => parties.some(matches),
  none: (parties: Party[], matches: (party: Party) => boolean) => !parties.some(matches),
  every: (parties: Party[], matches: (party: Party) => boolean) => parties.every(matches),
}

const elementsLeaf = fc.oneof(
  fc.tuple(fc.constantFrom('some', 'none', 'every'), partyLeaf, fc.boolean()).map(
    ([quantifier, { where, matches }, negated]): Condition => ({
      where: { parties: { [quantifier]: negated ? { not: where } : where } },
      matches: ({ parties }) => quantifiers[quantifier](parties, (party) => matches(party) !== negated),
    }),
  ),
  fc.constantFrom(...topics).map(
    (given): Condition => ({
      where: { topics: { some: { slug: { eq: given } } } },
      matches: (agreement) => agreement.topics.includes(given),
    }),
  ),
)

const trees = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    fc.oneof(dateLeaf, dateListLeaf, scalarLeaf, elementsLeaf),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3, depthIdentifier: 'tree' }).map(
      (parts): Condition => ({
        where: { and: parts.map(({ where }) => where) },
        matches: (agreement) => parts.every(({ matches }) => matches(agreement)),
      }),
    ),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3, depthIdentifier: 'tree' }).map(
      (parts): Condition => ({
        where: { or: parts.map(({ where }) => where) },
        matches: (agreement) => parts.some(({ matches }) => matches(agreement)),
      }),
    ),
    tie('tree').map(
      ({ where, matches }): Condition => ({
        where: { not: where },
        matches: (agreement) => !matches(agreement),
      }),
    ),
  ),
}))

interface Page {
  data: { title: string; signedOn: string | null }[]
  page: { next: string | null; total?: { count: number } }
}

/** The condition that selects only the generated agreements. */
const isGenerated = { externalIds: { some: { scheme: { eq: scheme } } } }

async function searchAll(request: object): Promise<Page['data']> {
  const found: Page['data'] = []
  let cursor: string | null = null
  do {
    const response = await api.request('POST', '/v1/agreements/search', {
      body: { ...request, cursor },
      key: null,
    })
    expect(response.status, response.text).toBe(200)
    const { data, page } = response.json<Page>()
    found.push(...data)
    cursor = page.next
  } while (cursor !== null)
  return found
}

describe('a search', () => {
  it('returns exactly the records that match its tree, each once over all pages', async () => {
    await fc.assert(
      fc.asyncProperty(trees.tree, fc.integer({ min: 3, max: 60 }), async ({ where, matches }, limit) => {
        const found = await searchAll({
          where: { and: [isGenerated, where] },
          fields: ['title', 'signedOn'],
          limit,
        })
        const expected = agreements.filter(matches).map(({ title }) => title)
        expect(found.map(({ title }) => title).sort()).toEqual(expected.sort())
      }),
      { numRuns: 40 },
    )
  })

  it('and its negation together return every record once', async () => {
    await fc.assert(
      fc.asyncProperty(trees.tree, async ({ where }) => {
        const request = (tree: object) => ({
          where: { and: [isGenerated, tree] },
          fields: ['title'],
          limit: 200,
        })
        const both = [...(await searchAll(request(where))), ...(await searchAll(request({ not: where })))]
        expect(both.map(({ title }) => title).sort()).toEqual(agreements.map(({ title }) => title).sort())
      }),
      { numRuns: 12 },
    )
  })

  it.each([
    { direction: 'asc', nulls: 'first' },
    { direction: 'asc', nulls: 'last' },
    { direction: 'desc', nulls: 'first' },
    { direction: 'desc', nulls: 'last' },
  ])(
    'puts records without a value $nulls, sorted $direction, over all pages',
    async ({ direction, nulls }) => {
      const sort = [{ by: 'signedOn', direction, nulls }]
      const found = await searchAll({ where: isGenerated, sort, fields: ['title', 'signedOn'], limit: 7 })
      const missing = found.map(({ signedOn }) => signedOn === null)
      expect(found).toHaveLength(agreements.length)
      expect(missing).toEqual(
        missing.toSorted((a, b) => (nulls === 'first' ? Number(b) - Number(a) : Number(a) - Number(b))),
      )
      const days = found.flatMap(({ signedOn }) => (signedOn === null ? [] : [parseSpan(signedOn).from]))
      const ascending = days.toSorted()
      expect(days).toEqual(direction === 'asc' ? ascending : ascending.toReversed())
    },
  )

  it('returns the same records as a list with the same filters', async () => {
    const list = await api.get('/v1/agreements?country=PAK&signedOn[gte]=2011-04&count=exact')
    const search = await api.request('POST', '/v1/agreements/search', {
      body: { where: { country: { eq: 'PAK' }, signedOn: { gte: '2011-04' } }, count: 'exact' },
      key: null,
    })
    expect(search.json<Page>().data).toEqual(list.json<Page>().data)
    expect(search.json<Page>().page.total).toEqual(list.json<Page>().page.total)
  })

  it('finds records by the kind and the date of an action of a party', async () => {
    const action = (kind: string, date: string) => ({
      where: {
        and: [
          { externalIds: { some: { id: { eq: 'F01' } } } },
          { parties: { some: { actions: { some: { kind: { eq: kind }, date: { within: date } } } } } },
        ],
      },
    })
    expect(await searchAll(action('signed', '2011'))).toHaveLength(1)
    expect(await searchAll(action('ratified', '2011'))).toHaveLength(0)
    expect(await searchAll(action('signed', '2010'))).toHaveLength(0)
  })

  it('finds no record if only different actions of a party meet the conditions together', async () => {
    const actions = [
      { kind: 'signed', date: '1991' },
      { kind: 'ratified', date: '1993' },
    ]
    const parties = [{ country: 'CHN', role: 'party', actions }]
    const title = 'Signed and ratified in different years'
    const created = await api.post('/v1/agreements', { title, kind: 'treaty', parties })
    expect(created.status, created.text).toBe(201)
    const search = (kind: string, date: string) =>
      searchAll({
        where: {
          title: { eq: title },
          parties: { some: { actions: { some: { kind: { eq: kind }, date: { within: date } } } } },
        },
      })
    expect(await search('signed', '1991')).toHaveLength(1)
    expect(await search('signed', '1993')).toHaveLength(0)
  })

  it('finds records by their citations', async () => {
    const where = { citations: { some: { paragraph: { eq: '1' }, rank: { eq: 'normal' } } } }
    expect((await searchAll({ where })).length).toBeGreaterThanOrEqual(3)
  })
})
