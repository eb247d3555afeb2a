import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inTransaction } from '../../src/database/client.ts'
import { insertDocuments } from '../../src/operations/writing/documents.ts'
import { checkDocument } from '../../src/operations/writing/validation.ts'
import { resources } from '../../src/resources/index.ts'
import { type Api, openApi } from '../support/api.ts'

/** Many requests take long when the machine has other work. */
const slow = { timeout: 60_000 }

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

type Properties = Record<string, unknown>

interface Page<T> {
  data: T[]
  page: { next: string | null; total?: { count: number } }
}

/** Creates a record and returns its id. */
async function create(resource: string, document: Properties): Promise<string> {
  const answer = await api.post(`/v1/${resource}`, document)
  expect(answer.status, answer.text).toBe(201)
  return answer.json<{ id: string }>().id
}

/** Records made for some tests, known by labels. */
interface World {
  id(label: string): string
  /** The labels, in order, of those records that a list with these parameters finds. */
  find(parameters: Record<string, string>): Promise<string[]>
}

/** Creates one record for each label. Lists of the world are narrowed to its records by the filter `id`. */
async function worldOf(resource: string, documents: Record<string, Properties>): Promise<World> {
  const ids = new Map<string, string>()
  for (const [label, document] of Object.entries(documents)) ids.set(label, await create(resource, document))
  const labels = new Map([...ids].map(([label, id]) => [id, label]))
  return {
    id: (label) => ids.get(label) ?? '',
    async find(parameters) {
      const search = new URLSearchParams({ ...parameters, id: [...ids.values()].join(), limit: '200' })
      const answer = await api.get(`/v1/${resource}?${search}`)
      expect(answer.status, answer.text).toBe(200)
      return answer
        .json<Page<{ id: string }>>()
        .data.map(({ id }) => labels.get(id) ?? id)
        .sort()
    },
  }
}

/** Agreements with these parties, each under its label. */
const withParties = (parties: Record<string, Properties[]>) =>
  worldOf(
    'agreements',
    Object.fromEntries(
      Object.entries(parties).map(([title, list]) => [title, { title, kind: 'agreement', parties: list }]),
    ),
  )

describe('inForceOn finds what may have been in force in the world', () => {
  // Title, beginning, provisional beginning, expiry, end.
  const histories: [string, string | null, string | null, string | null, string | null][] = [
    ['open', '2010', null, null, null],
    ['from that day', '2011-08-28', null, null, null],
    ['from the day after', '2011-08-29', null, null, null],
    ['perhaps that month', '2011-08', null, null, null],
    ['provisional', '2012', '2011-05', null, null],
    ['unknown beginning', null, null, '2015', null],
    ['expired that day', '2001', null, '2011-08-28', null],
    ['expired the day after', '2001', null, '2011-08-29', null],
    ['expired that year', '2001', null, '2011', null],
    ['ended before it expired', '2001', null, '2015', '2010'],
    ['ended at some time', '2001', null, null, '2005/..'],
    ['long before', '-0044', null, null, null],
  ]
  let world: World
  beforeAll(async () => {
    world = await worldOf(
      'agreements',
      Object.fromEntries(
        histories.map(([title, inForceFrom, provisionalFrom, expiresOn, terminatedOn]) => [
          title,
          { title, kind: 'agreement', inForceFrom, provisionalFrom, expiresOn, terminatedOn },
        ]),
      ),
    )
  })

  const onThatDay = [
    'open',
    'from that day',
    'perhaps that month',
    'provisional',
    'expired the day after',
    'expired that year',
    'ended at some time',
    'long before',
  ]

  it.each([
    ['2011-08-28', onThatDay],
    ['2011-08', [...onThatDay, 'from the day after', 'expired that day']],
    ['1990', ['long before']],
    [
      '2030',
      [
        'open',
        'from that day',
        'from the day after',
        'perhaps that month',
        'provisional',
        'ended at some time',
        'long before',
      ],
    ],
  ])('on %s', async (day, expected) => {
    expect(await world.find({ inForceOn: day })).toEqual([...expected].sort())
  })
})

describe('a filter of dates compares what the source has said, which may be a span of days', () => {
  const none = 'no date'
  const dates = [
    '-0044-03-15',
    '../2010-06',
    '2010-06/..',
    '201X',
    '2011',
    '2011-XX',
    '2011-21',
    '2011-04',
    '2011-04?',
    '2011-04-XX',
    '2011-04-10',
    '2011-04/2011-06',
    '2012/',
    none,
  ]
  const april = ['2011-04', '2011-04?', '2011-04-XX', '2011-04-10']
  const year = ['2011', '2011-XX']

  let world: World
  beforeAll(async () => {
    world = await worldOf(
      'agreements',
      Object.fromEntries(
        dates.map((date) => [
          date,
          { title: date, kind: 'agreement', signedOn: date === none ? null : date, inForceFrom: '2011-05' },
        ]),
      ),
    )
  })

  it.each([
    // Without an operator: some day of the record's date may be one of the given.
    ['=2011-04', [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['=2011-04-10', [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['=2011-05-20', [...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['=2010', ['../2010-06', '2010-06/..', '201X']],
    ['=2011-24', [...year, '201X', '2010-06/..', '2012/']],
    ['=../1000', ['-0044-03-15', '../2010-06']],
    ['=2013/..', ['201X', '2010-06/..', '2012/']],
    ['[ne]=2011-04', ['-0044-03-15', '../2010-06', '2012/', none]],
    // Could it be so?
    ['[gte]=2011-04-10', [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..', '2012/']],
    ['[gt]=2011-04', [...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..', '2012/']],
    [
      '[lte]=2011-04-10',
      [...april, ...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..', '../2010-06', '-0044-03-15'],
    ],
    ['[lt]=2011-04', [...year, '2011-21', '201X', '2010-06/..', '../2010-06', '-0044-03-15']],
    ['[gt]=2013/..', []],
    ['[lt]=../2013', []],
    ['[gte]=../2013', dates.filter((date) => date !== none)],
    // Must it be so?
    ['[certainlyGte]=2011-04-10', ['2011-04-10', '2012/']],
    ['[certainlyGte]=2011-04', [...april, '2011-04/2011-06', '2012/']],
    ['[certainlyGt]=2011-04', ['2012/']],
    ['[certainlyLte]=2011-04', [...april, '../2010-06', '-0044-03-15']],
    ['[certainlyLt]=2011-04', ['../2010-06', '-0044-03-15']],
    // Both ends.
    ['[gte]=2011-05&signedOn[lte]=2011-05', [...year, '2011-21', '2011-04/2011-06', '201X', '2010-06/..']],
    ['[certainlyGte]=2011&signedOn[certainlyLte]=2011', [...april, ...year, '2011-21', '2011-04/2011-06']],
    ['[gte]=2011-04&signedOn[certainlyLt]=2011-05', april],
  ])('signedOn%s', async (condition, expected) => {
    const parameters = Object.fromEntries(new URLSearchParams(`signedOn${condition}`))
    expect(await world.find(parameters)).toEqual([...expected].sort())
  })

  it('holds for each of several dates by itself', async () => {
    expect(await world.find({ 'inForceFrom[certainlyGte]': '2011-05', signedOn: '2012' })).toEqual([
      '2010-06/..',
      '2012/',
      '201X',
    ])
    expect(await world.find({ 'inForceFrom[gt]': '2011-05' })).toEqual([])
  })

  it('finds withdrawn countries by the year in which their code was withdrawn', async () => {
    const answer = await api.get('/v1/countries?validTo[gte]=1990&validTo[lte]=1992&fields=code')
    const codes = answer.json<Page<{ code: string }>>().data.map(({ code }) => code)
    expect(codes).toEqual(expect.arrayContaining(['DDR', 'SUN']))
    expect(codes).not.toContain('SCG')
    expect(codes).not.toContain('DEU')
  })

  it.each([
    ['signedOn', { title: '../2010', signedOn: '../2010' }],
    ['expiresOn', { title: '../2010', expiresOn: '../2010' }],
  ])(
    'sorts by %s, dates that are open at their start first or last, and records without a date behind them',
    async (key, open) => {
      const made = await worldOf('agreements', {
        unknown: { title: 'unknown', kind: 'agreement' },
        open: { kind: 'agreement', ...open },
        early: { title: 'early', kind: 'agreement', [key]: '1999' },
        late: { title: 'late', kind: 'agreement', [key]: '2011' },
        unknownToo: { title: 'unknown', kind: 'agreement' },
      })
      const ids = ['unknown', 'open', 'early', 'late', 'unknownToo'].map(made.id).join()
      const titles = async (sort: string) => {
        const answer = await api.get(`/v1/agreements?id=${ids}&sort=${sort}&fields=title`)
        return answer.json<Page<{ title: string }>>().data.map(({ title }) => title)
      }
      expect(await titles(key)).toEqual(['../2010', 'early', 'late', 'unknown', 'unknown'])
      expect(await titles(`-${key}`)).toEqual(['late', 'early', '../2010', 'unknown', 'unknown'])
    },
  )
})

describe('a filter by country finds what a country takes part in', () => {
  let ministry: string
  let projects: World
  let bases: World
  beforeAll(async () => {
    ministry = await create('organizations', {
      name: 'A Kazakh ministry',
      type: 'government',
      country: 'KAZ',
    })
    const union = await create('organizations', { name: 'A union', type: 'multilateral' })
    const project = (more: Properties) => ({ title: 'A project', kind: 'joint_research', ...more })
    projects = await worldOf('projects', {
      itself: project({ participants: [{ country: 'KAZ', role: 'participant' }] }),
      'by a ministry': project({ participants: [{ organization: ministry, role: 'developer' }] }),
      there: project({ location: { country: 'KAZ' } }),
      neighbour: project({ participants: [{ country: 'UZB', role: 'participant' }] }),
      region: project({ participants: [{ region: '143', role: 'participant' }] }),
      union: project({ participants: [{ organization: union, role: 'participant' }] }),
      nobody: project({}),
    })
    const base = (more: Properties) => ({ name: 'A base', kind: 'observatory', ...more })
    bases = await worldOf('cooperation-bases', {
      itself: base({ participants: [{ country: 'KAZ', role: 'partner' }] }),
      hosted: base({ hostCountry: 'KAZ' }),
      there: base({ location: { country: 'KAZ', elevationMetres: 2000 } }),
      elsewhere: base({ hostCountry: 'UZB', location: { country: 'UZB' } }),
    })
  })

  it('itself, by one of its organizations, or because it is there', async () => {
    expect(await projects.find({ country: 'KAZ' })).toEqual(['by a ministry', 'itself', 'there'])
    expect(await bases.find({ country: 'KAZ' })).toEqual(['hosted', 'itself', 'there'])
  })

  it('any of several', async () => {
    expect(await projects.find({ country: 'KAZ,UZB' })).toEqual([
      'by a ministry',
      'itself',
      'neighbour',
      'there',
    ])
  })

  it('not because of where it is when a role is asked for, since places have none', async () => {
    expect(await projects.find({ country: 'KAZ', role: 'participant' })).toEqual(['itself'])
    expect(await projects.find({ country: 'KAZ', role: 'developer,funder' })).toEqual(['by a ministry'])
    expect(await projects.find({ country: 'KAZ', role: 'host' })).toEqual([])
    expect(await bases.find({ country: 'KAZ', role: 'host' })).toEqual([])
  })

  it('while the filters of one place or one organization stay with that', async () => {
    expect(await projects.find({ locationCountry: 'KAZ' })).toEqual(['there'])
    expect(await bases.find({ hostCountry: 'KAZ' })).toEqual(['hosted'])
    expect(await bases.find({ locationCountry: 'KAZ' })).toEqual(['there'])
    expect(await projects.find({ organization: ministry })).toEqual(['by a ministry'])
  })

  it('and a region finds it for all its countries and for itself, by every such way', async () => {
    const centralAsian = ['by a ministry', 'itself', 'neighbour', 'region', 'there']
    expect(await projects.find({ region: '143' })).toEqual(centralAsian)
    expect(await projects.find({ region: '142' })).toEqual(centralAsian)
    expect(await projects.find({ region: '001' })).toEqual(centralAsian)
    expect(await projects.find({ region: '150' })).toEqual([])
    expect(await bases.find({ region: '143' })).toEqual(['elsewhere', 'hosted', 'itself', 'there'])
    expect(await projects.find({ region: '143', role: 'participant' })).toEqual([
      'itself',
      'neighbour',
      'region',
    ])
  })
})

describe('a role narrows country, organization and region to one and the same participant', () => {
  let world: World
  let institute: string
  beforeAll(async () => {
    institute = await create('organizations', { name: 'An institute', type: 'academic', country: 'KAZ' })
    world = await withParties({
      'Kazakhstan for Uzbekistan': [
        { country: 'KAZ', role: 'party' },
        { country: 'UZB', role: 'beneficiary' },
      ],
      'Uzbekistan for Kazakhstan': [
        { country: 'UZB', role: 'party' },
        { country: 'KAZ', role: 'beneficiary' },
      ],
      'Kazakhstan for itself': [
        { country: 'KAZ', role: 'party' },
        { country: 'KAZ', role: 'beneficiary' },
      ],
      'Uzbekistan for an institute': [
        { country: 'UZB', role: 'party' },
        { organization: institute, role: 'beneficiary' },
      ],
      'Uzbekistan for Asia': [
        { country: 'UZB', role: 'party' },
        { region: '142', role: 'beneficiary' },
      ],
    })
  })

  it.each([
    [{ country: 'KAZ', role: 'party' }, ['Kazakhstan for Uzbekistan', 'Kazakhstan for itself']],
    [
      { country: 'KAZ', role: 'beneficiary' },
      ['Kazakhstan for itself', 'Uzbekistan for Kazakhstan', 'Uzbekistan for an institute'],
    ],
    [
      { country: 'KAZ,UZB', role: 'beneficiary' },
      [
        'Kazakhstan for Uzbekistan',
        'Kazakhstan for itself',
        'Uzbekistan for Kazakhstan',
        'Uzbekistan for an institute',
      ],
    ],
    [{ country: 'KAZ', role: 'observer' }, []],
    [
      { region: '142', country: 'KAZ', role: 'party' },
      ['Kazakhstan for Uzbekistan', 'Kazakhstan for itself'],
    ],
    [{ region: '142', role: 'observer,depositary' }, []],
  ])('%o', async (parameters, expected) => {
    expect(await world.find(parameters)).toEqual(expected)
  })

  it('whatever stands for it: an organization or a region', async () => {
    expect(await world.find({ organization: institute, role: 'beneficiary' })).toEqual([
      'Uzbekistan for an institute',
    ])
    expect(await world.find({ organization: institute, role: 'party' })).toEqual([])
    expect(await world.find({ region: '142', role: 'beneficiary', organization: institute })).toEqual([
      'Uzbekistan for an institute',
    ])
    expect(await world.find({ region: '150', role: 'beneficiary' })).toEqual([])
  })

  it('and alone finds every record that has a participant in it', async () => {
    expect(await world.find({ role: 'beneficiary' })).toHaveLength(5)
    expect(await world.find({ role: 'observer' })).toEqual([])
  })
})

describe('a filter by region', () => {
  let world: World
  beforeAll(async () => {
    world = await withParties({
      Africa: [{ region: '002', role: 'beneficiary' }],
      'Sub-Saharan Africa': [{ region: '202', role: 'beneficiary' }],
      'South Africa': [{ country: 'ZAF', role: 'party' }],
      Egypt: [{ country: 'EGY', role: 'party' }],
      Ethiopia: [{ country: 'ETH', role: 'party' }],
      'developing regions': [{ region: '902', role: 'beneficiary' }],
      Germany: [{ country: 'DEU', role: 'party' }],
    })
  })

  it('takes the region itself, all regions below it and all their countries', async () => {
    expect(await world.find({ region: '002' })).toEqual([
      'Africa',
      'Egypt',
      'Ethiopia',
      'South Africa',
      'Sub-Saharan Africa',
    ])
  })

  it('does not take what takes part as a region above it', async () => {
    expect(await world.find({ region: '202' })).toEqual(['Ethiopia', 'South Africa', 'Sub-Saharan Africa'])
    expect(await world.find({ region: '018' })).toEqual(['South Africa'])
  })

  it('takes the countries of a group, and the group itself where it takes part as one', async () => {
    expect(await world.find({ region: '199' })).toEqual(['Ethiopia'])
    expect(await world.find({ region: '902' })).toEqual([
      'Egypt',
      'Ethiopia',
      'South Africa',
      'developing regions',
    ])
  })

  it('means any of several', async () => {
    expect(await world.find({ region: '018,015,155' })).toEqual(['Egypt', 'Germany', 'South Africa'])
  })

  it('finds figures, organizations, countries and regions too', async () => {
    const count = async (request: string) =>
      (await api.get(`${request}&count=exact&limit=1`)).json<Page<unknown>>().page.total?.count
    const figure = { indicator: 'rainy_days', title: 'Rainy days', unit: 'days', country: 'FJI' }
    await create('figures', { ...figure, value: 12.5 })
    expect(await count('/v1/figures?indicator=rainy_days&region=009')).toBe(1)
    expect(await count('/v1/figures?indicator=rainy_days&region=722')).toBe(1)
    expect(await count('/v1/figures?indicator=rainy_days&region=053')).toBe(0)
    expect(await count('/v1/organizations?acronym=MOST&region=030')).toBe(1)
    expect(await count('/v1/organizations?acronym=MOST&region=150')).toBe(0)
    expect(await count('/v1/countries?region=053')).toBe(6)
    expect(await count('/v1/regions?region=202')).toBe(5)
  })
})

describe('a filter by topic', () => {
  let world: World
  beforeAll(async () => {
    const about = (...topics: string[]) => ({ title: 'An agreement', kind: 'agreement', topics })
    world = await worldOf('agreements', {
      'energy and environment': about('energy-and-environmental-protection'),
      energy: about('energy'),
      'new energy': about('new-energy', 'electric-vehicles'),
      climate: about('climate'),
      nothing: about(),
    })
  })

  it('finds records on the topic and on all narrower ones', async () => {
    expect(await world.find({ topic: 'energy-and-environmental-protection' })).toEqual([
      'energy',
      'energy and environment',
      'new energy',
    ])
    expect(await world.find({ topic: 'energy' })).toEqual(['energy', 'new energy'])
    expect(await world.find({ topic: 'new-energy' })).toEqual(['new energy'])
    expect(await world.find({ topic: 'ford-2' })).toEqual(['new energy'])
  })

  it('means any of several', async () => {
    expect(await world.find({ topic: 'climate,new-energy' })).toEqual(['climate', 'new energy'])
  })

  it('tells among topics the narrower ones from those directly below', async () => {
    const slugs = async (search: string) =>
      (await api.get(`/v1/topics?${search}&fields=slug&sort=slug`))
        .json<Page<{ slug: string }>>()
        .data.map(({ slug }) => slug)
    expect(await slugs('topic=automotive-engineering')).toEqual([
      'automotive-engineering',
      'electric-vehicles',
    ])
    expect(await slugs('broader=automotive-engineering')).toEqual(['electric-vehicles'])
    expect(await slugs('topic=ford-2-3')).toEqual(['automotive-engineering', 'electric-vehicles', 'ford-2-3'])
  })
})

describe('a search for words', () => {
  let world: World
  beforeAll(async () => {
    const titled = (title: string, more: Properties = {}) => ({ title, kind: 'agreement', ...more })
    world = await worldOf('agreements', {
      cars: titled('Electric vehicles for the Côte d’Azur'),
      trains: titled('Electric trains, and no other vehicles'),
      coal: titled('Energy from coal'),
      wind: titled('Energy from wind', { summary: 'What the Resume says of turbines.' }),
      oceans: titled('Climate of the oceans', { occasion: 'The Zurich summit', place: 'Tromsø' }),
    })
  })

  it.each([
    ['all words, whatever their ending and their case', 'VEHICLE electrical', ['cars', 'trains']],
    ['a phrase in quotation marks', '"electric vehicles"', ['cars']],
    ['either word with `or`', 'coal or climate', ['coal', 'oceans']],
    ['no word behind a minus', 'energy -coal', ['wind']],
    ['no phrase behind a minus', 'electric -"electric vehicles"', ['trains']],
    ['words with accents, asked for without', 'cote', ['cars']],
    ['words with accents, asked for with them', 'CÔTE', ['cars']],
    ['words without accents, asked for with them', 'résumé', ['wind']],
    ['letters that are no accented ones, by their nearest', 'tromso', ['oceans']],
    ['words of the summary, the occasion and the place', 'turbines or zurich', ['oceans', 'wind']],
    ['a text with commas as one', 'coal, energy', ['coal']],
    ['nothing for a word that is nowhere', 'hydrogen', []],
    ['nothing and no error for signs that are no words', '"& | ! ( <->', []],
  ])('finds %s', async (_what, q, expected) => {
    expect(await world.find({ q })).toEqual(expected)
  })

  it.each([
    ['countries', '巴基斯坦', 'code', 'PAK'],
    ['countries', 'Republic of Korea', 'code', 'KOR'],
    ['countries', 'Allemagne', 'code', 'DEU'],
    ['regions', '亚洲', 'code', '142'],
    ['topics', '电动汽车', 'slug', 'electric-vehicles'],
    ['organizations', '科技部', 'acronym', 'MOST'],
    ['organizations', 'UNEP', 'acronym', 'UNEP'],
  ])('finds %s by another name, such as %s', async (resource, q, property, value) => {
    const answer = await api.get(`/v1/${resource}?q=${encodeURIComponent(q)}`)
    const found = answer.json<Page<Properties>>().data.map((record) => record[property])
    expect(found).toContain(value)
    expect(found.length).toBeLessThanOrEqual(2)
  })
})

describe('filters of other kinds', () => {
  it('find a record by its id in another register, also one with colons', async () => {
    const identified = (...externalIds: string[]) => ({
      title: 'An agreement',
      kind: 'agreement',
      externalIds: externalIds.map((id) => ({ scheme: 'doi', id })),
    })
    const world = await worldOf('agreements', {
      colons: identified('10.1000:182:x'),
      start: identified('10.1000'),
      two: identified('a', 'b'),
    })
    expect(await world.find({ externalId: 'doi:10.1000:182:x' })).toEqual(['colons'])
    expect(await world.find({ externalId: 'doi:10.1000' })).toEqual(['start'])
    expect(await world.find({ externalId: 'doi:b' })).toEqual(['two'])
    expect(await world.find({ externalId: 'doi:a,doi:b,doi:10.1000' })).toEqual(['start', 'two'])
    expect(await world.find({ externalId: 'other:a' })).toEqual([])
    // The same id of another resource is another record's.
    const answer = await api.get('/v1/projects?externalId=doi:a')
    expect(answer.json<Page<unknown>>().data).toEqual([])
  })

  it('mean all of several filters, any of the values of one, and with `ne` also records without a value', async () => {
    const world = await worldOf('agreements', {
      treaty: { title: 'T', kind: 'treaty', status: 'in_force', level: 'intergovernmental' },
      protocol: { title: 'P', kind: 'protocol', status: 'in_force' },
      signed: { title: 'S', kind: 'protocol', status: 'signed', level: 'interagency' },
      other: { title: 'O', kind: 'other' },
    })
    expect(await world.find({ kind: 'treaty,protocol' })).toEqual(['protocol', 'signed', 'treaty'])
    expect(await world.find({ kind: 'treaty,protocol', status: 'in_force' })).toEqual(['protocol', 'treaty'])
    expect(await world.find({ kind: 'other', status: 'in_force' })).toEqual([])
    expect(await world.find({ 'level[ne]': 'intergovernmental' })).toEqual(['other', 'protocol', 'signed'])
    expect(await world.find({ 'status[ne]': 'in_force,signed' })).toEqual(['other'])
    expect(await world.find({ kind: 'protocol', 'kind[ne]': 'protocol' })).toEqual([])
    const twice = await api.get('/v1/agreements?kind=treaty&kind=protocol&status=in_force&fields=kind')
    expect(new Set(twice.json<Page<{ kind: string }>>().data.map(({ kind }) => kind))).toEqual(
      new Set(['treaty', 'protocol']),
    )
  })

  it('compare when a record was made and changed to the millisecond, in any time zone', async () => {
    const world = await worldOf('sources', {
      first: { title: 'First', kind: 'report' },
      second: { title: 'Second', kind: 'report' },
    })
    const read = async (label: string) =>
      (await api.get(`/v1/sources/${world.id(label)}`)).json<{ createdAt: string; updatedAt: string }>()
    const { createdAt } = await read('first')
    const second = await read('second')
    expect(createdAt < second.createdAt).toBe(true)
    expect(await world.find({ 'createdAt[gte]': createdAt })).toEqual(['first', 'second'])
    expect(await world.find({ 'createdAt[gt]': createdAt })).toEqual(['second'])
    expect(await world.find({ 'createdAt[lte]': createdAt })).toEqual(['first'])
    expect(await world.find({ 'createdAt[lt]': createdAt })).toEqual([])
    expect(await world.find({ 'createdAt[gte]': createdAt, 'createdAt[lt]': second.createdAt })).toEqual([
      'first',
    ])
    const inChina = new Date(Date.parse(createdAt) + 8 * 3_600_000).toISOString().replace('Z', '+08:00')
    expect(await world.find({ 'createdAt[lte]': inChina })).toEqual(['first'])
    const [today = ''] = createdAt.split('T')
    expect(await world.find({ 'createdAt[gte]': today })).toEqual(['first', 'second'])
    expect(await world.find({ 'createdAt[lt]': today })).toEqual([])

    await api.patch(`/v1/sources/${world.id('first')}`, { title: 'First again' })
    expect(await world.find({ 'updatedAt[gt]': second.updatedAt })).toEqual(['first'])
  })

  it('compare amounts of money as exact numbers', async () => {
    const costing = (amount: number, currency: string) => ({
      title: 'A project',
      kind: 'other',
      budget: { amount, currency },
    })
    const world = await worldOf('projects', {
      small: costing(200, 'USD'),
      odd: costing(1_500_000.5, 'CNY'),
      large: costing(9_234_567_890_123.45, 'CNY'),
      unknown: { title: 'A project', kind: 'other' },
    })
    expect(await world.find({ budget: '200' })).toEqual(['small'])
    expect(await world.find({ budget: '1500000.500,200.00' })).toEqual(['odd', 'small'])
    expect(await world.find({ 'budget[gt]': '200' })).toEqual(['large', 'odd'])
    expect(await world.find({ 'budget[gte]': '200', 'budget[lt]': '1500000.5' })).toEqual(['small'])
    expect(await world.find({ 'budget[lte]': '1500000.5' })).toEqual(['odd', 'small'])
    expect(await world.find({ 'budget[gte]': '9234567890123.45' })).toEqual(['large'])
    expect(await world.find({ 'budget[gt]': '9234567890123.45' })).toEqual([])
    expect(await world.find({ 'budget[gt]': '9234567890123.449' })).toEqual(['large'])
    expect(await world.find({ 'budget[ne]': '200' })).toEqual(['large', 'odd', 'unknown'])
    expect(await world.find({ budgetCurrency: 'CNY', 'budget[gte]': '-1' })).toEqual(['large', 'odd'])
  })

  it('name the countries that take part in something together with another one', async () => {
    const ours = await create('organizations', { name: 'Of Nauru', type: 'government', country: 'NRU' })
    const theirs = await create('organizations', { name: 'Of Kiribati', type: 'academic', country: 'KIR' })
    await withParties({
      both: [
        { country: 'NRU', role: 'party' },
        { country: 'TUV', role: 'party' },
      ],
    })
    await create('projects', {
      title: 'By organizations',
      kind: 'other',
      participants: [
        { organization: ours, role: 'lead' },
        { country: 'NRU', role: 'funder' },
        { organization: theirs, role: 'participant' },
        { region: '009', role: 'beneficiary' },
      ],
    })
    await create('cooperation-bases', {
      name: 'Alone',
      kind: 'other',
      participants: [{ country: 'PLW', role: 'host' }],
    })
    const partners = async (search: string) =>
      (await api.get(`/v1/countries?${search}&fields=code&sort=code`))
        .json<Page<{ code: string }>>()
        .data.map(({ code }) => code)
    expect(await partners('partnerOf=NRU')).toEqual(['KIR', 'TUV'])
    expect(await partners('partnerOf=KIR')).toEqual(['NRU'])
    expect(await partners('partnerOf=PLW')).toEqual([])
    expect(await partners('partnerOf=KIR,TUV')).toEqual(['NRU'])
    expect(await partners('partnerOf=NRU&region=061')).toEqual(['TUV'])
  })

  it('follow the links between records', async () => {
    const agreement = { title: 'An agreement', kind: 'agreement' }
    const first = await create('agreements', agreement)
    const related = await worldOf('agreements', {
      renewing: { ...agreement, relations: [{ kind: 'renews', agreement: first }] },
      apart: { ...agreement, languages: ['fr', 'zh-Hans'] },
    })
    expect(await related.find({ relatedTo: first })).toEqual(['renewing'])
    const back = await api.get(`/v1/agreements?relatedTo=${related.id('renewing')}&fields=id`)
    expect(back.json<Page<unknown>>().data).toEqual([{ id: first }])
    expect(await related.find({ language: 'fr,de' })).toEqual(['apart'])
    expect(await related.find({ language: 'zh' })).toEqual([])

    const project = { title: 'A project', kind: 'other' }
    const projects = await worldOf('projects', { of: { ...project, agreements: [first] }, not: project })
    expect(await projects.find({ agreement: first })).toEqual(['of'])

    const institute = await create('organizations', { name: 'Its host', type: 'academic' })
    const base = { name: 'A base', kind: 'other' }
    const group = await create('cooperation-bases', { ...base, unitCount: 222 })
    const bases = await worldOf('cooperation-bases', {
      one: { ...base, partOf: group, hostOrganization: institute },
      some: { ...base, unitCount: 33, unitCountQualifier: 'about' },
    })
    expect(await bases.find({ partOf: group })).toEqual(['one'])
    expect(await bases.find({ hostOrganization: institute })).toEqual(['one'])
    expect(await bases.find({ 'unitCount[gt]': '1', 'unitCount[lt]': '222' })).toEqual(['some'])

    const states = (await api.get('/v1/countries?successor=CZE&fields=code')).json<Page<unknown>>()
    expect(states.data).toEqual([{ code: 'CSK' }])
  })

  it('find citations by their source, their place in it, and what they speak of', async () => {
    const source = await create('sources', { title: 'A yearbook', kind: 'report' })
    const world = await worldOf('citations', {
      country: { source, record: { resource: 'countries', id: 'PAK' }, locator: { page: '12' } },
      region: { source, record: { resource: 'regions', id: '142' }, property: '/name', rank: 'preferred' },
      topic: { source, record: { resource: 'topics', id: 'energy' }, locator: { paragraph: '3' } },
    })
    expect(await world.find({ source })).toEqual(['country', 'region', 'topic'])
    expect(await world.find({ resource: 'countries,topics' })).toEqual(['country', 'topic'])
    expect(await world.find({ record: 'PAK,142' })).toEqual(['country', 'region'])
    expect(await world.find({ resource: 'topics', record: 'PAK' })).toEqual([])
    expect(await world.find({ property: '/name' })).toEqual(['region'])
    expect(await world.find({ page: '12' })).toEqual(['country'])
    expect(await world.find({ paragraph: '3' })).toEqual(['topic'])
    expect(await world.find({ 'rank[ne]': 'normal' })).toEqual(['region'])
  })
})

it('sorts records without a code behind all others, whatever letters the codes have', async () => {
  const topic = (slug: string, code: string | null) =>
    api.post('/v1/topics', { slug, name: slug, scheme: 'domain', code, broader: 'agriculture' })
  await topic('sorted-none', null)
  await topic('sorted-latin', 'Z1')
  await topic('sorted-chinese', '农1')
  const slugs = async (sort: string) =>
    (await api.get(`/v1/topics?broader=agriculture&sort=${sort}&fields=slug`))
      .json<Page<{ slug: string }>>()
      .data.map(({ slug }) => slug)
  expect(await slugs('code')).toEqual(['sorted-latin', 'sorted-chinese', 'sorted-none'])
  expect(await slugs('-code')).toEqual(['sorted-chinese', 'sorted-latin', 'sorted-none'])
})

describe('a list with any filters, any order and any page size', () => {
  interface Party {
    country: string | null
    organization: string | null
    region: string | null
    role: string
  }

  interface Agreement {
    id: string
    title: string
    kind: string
    level: string | null
    status: string | null
    signedOn: string | null
    inForceFrom: string | null
    languages: string[]
    parties: Party[]
    topics: string[]
    createdAt: string
  }

  /** Conditions, order and page size of a list, as values. */
  interface Query {
    conditions: Condition[]
    sort: string[]
    limit: number
  }

  /** A condition as it stands in the URL. */
  interface Condition {
    filter: string
    operator: string
    values: string[]
  }

  /** What the oracle knows of the registry beside the agreements, each read once. */
  interface Surroundings {
    countryOf: Map<string, string | null>
    countriesIn: (region: string) => Set<string>
    regionsIn: (region: string) => Set<string>
    topicsIn: (topic: string) => Set<string>
    /** Place of each title in the Unicode order, equal for equal titles; PostgreSQL is asked, since Node's ICU may differ. */
    rankOf: Map<string, number>
  }

  const countries = ['CHN', 'PAK', 'KAZ', 'DEU', 'ETH']
  const regions = ['142', '143', '150', '034', '902', '199']
  const topics = ['energy', 'new-energy', 'climate', 'ford-1-5', 'energy-and-environmental-protection']
  const roles = ['party', 'beneficiary', 'observer']
  const kinds = ['treaty', 'protocol', 'other']
  const statuses = ['signed', 'in_force', 'expired']
  const levels = ['intergovernmental', 'interagency']
  const languages = ['en', 'zh', 'fr']
  const words = ['alpha', 'Beta', 'gamma', 'Delta', 'Ēta']
  const organizations: string[] = []

  const month = fc
    .record({ year: fc.integer({ min: 2009, max: 2012 }), month: fc.integer({ min: 1, max: 12 }) })
    .map(({ year, month: number }) => `${year}-${String(number).padStart(2, '0')}`)
  const simpleDate = fc.oneof(
    fc.integer({ min: 2009, max: 2012 }).map(String),
    month,
    fc
      .tuple(month, fc.integer({ min: 1, max: 28 }))
      .map(([of, day]) => `${of}-${String(day).padStart(2, '0')}`),
  )
  const date = fc.oneof(
    { weight: 4, arbitrary: simpleDate },
    { weight: 1, arbitrary: simpleDate.map((text) => `${text}~`) },
    { weight: 1, arbitrary: fc.constantFrom('201X', '200X', '20XX', '2011-XX', '2010-06-XX') },
    { weight: 1, arbitrary: simpleDate.map((start) => `${start}/..`) },
    { weight: 1, arbitrary: simpleDate.map((end) => `../${end}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(simpleDate, simpleDate).map((ends) => ends.sort().join('/')),
    },
  )

  const party = fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...countries).map((country) => ({ country })),
        fc.constantFrom(...regions).map((region) => ({ region })),
        fc.nat(2).map((at) => ({ organization: at })),
      ),
      fc.constantFrom(...roles),
    )
    .map(([actor, role]) => ({ ...actor, role }))

  const agreement = fc.record({
    title: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((some) => some.join(' ')),
    kind: fc.constantFrom(...kinds),
    level: fc.option(fc.constantFrom(...levels)),
    status: fc.option(fc.constantFrom(...statuses)),
    signedOn: fc.option(date, { freq: 4 }),
    inForceFrom: fc.option(date),
    languages: fc.subarray(languages),
    parties: fc.uniqueArray(party, { maxLength: 4, selector: (value) => JSON.stringify(value) }),
    topics: fc.subarray(topics, { maxLength: 2 }),
  })

  const anyOf = (filter: string, values: string[], ...operators: string[]) =>
    fc.record({
      filter: fc.constant(filter),
      operator: fc.constantFrom('', ...operators),
      values: fc.shuffledSubarray(values, { minLength: 1, maxLength: 2 }),
    })
  const comparison = (filter: string) =>
    fc.record({
      filter: fc.constant(filter),
      operator: fc.constantFrom(
        ...['', 'ne', 'gt', 'gte', 'lt', 'lte'],
        ...['certainlyGt', 'certainlyGte', 'certainlyLt', 'certainlyLte'],
      ),
      values: fc.tuple(date),
    })
  const condition = fc.oneof(
    anyOf('kind', kinds, 'ne'),
    anyOf('status', statuses, 'ne'),
    anyOf('level', levels, 'ne'),
    anyOf('country', countries),
    anyOf('region', regions),
    anyOf('role', roles),
    anyOf('organization', ['0', '1', '2']),
    anyOf('topic', topics),
    anyOf('language', languages),
    comparison('signedOn'),
    comparison('signedOn'),
    comparison('inForceFrom'),
  )
  const query: fc.Arbitrary<Query> = fc.record({
    conditions: fc.uniqueArray(condition, {
      maxLength: 3,
      selector: ({ filter, operator }) => `${filter} ${operator}`,
    }),
    sort: fc
      .shuffledSubarray(['signedOn', 'inForceFrom', 'title', 'kind', 'level', 'status', 'createdAt', 'id'], {
        maxLength: 3,
      })
      .chain((sortKeys) =>
        fc.tuple(...sortKeys.map((key) => fc.constantFrom(key, `-${key}`))).map((some) => [...some]),
      ),
    limit: fc.integer({ min: 2, max: 30 }),
  })

  /** The earliest and the latest day of a date of the kinds made here, as texts that sort as days do. */
  function spanOf(text: string): { from: string; to: string } {
    const [start = '', end = start] = text.split('/')
    const lastDay = (year: string, of: string) => new Date(Date.UTC(Number(year), Number(of), 0)).getUTCDate()
    const fields = (part: string) => {
      const [year = '', of = 'XX', day = 'XX'] = part.replace(/[?~%]$/, '').split('-')
      return { year, month: of, day }
    }
    const fromOf = (part: string) => {
      const { year, month: of, day } = fields(part)
      return `${year.replaceAll('X', '0')}-${of.replace('XX', '01')}-${day.replace('XX', '01')}`
    }
    const toOf = (part: string) => {
      const { year, month: of, day } = fields(part)
      const latestYear = year.replaceAll('X', '9')
      const latestMonth = of.replace('XX', '12')
      return `${latestYear}-${latestMonth}-${day.replace('XX', String(lastDay(latestYear, latestMonth)))}`
    }
    return { from: start === '..' ? '' : fromOf(start), to: end === '..' ? '~' : toOf(end) }
  }

  function dateHolds(recorded: string | null, operator: string, asked: string): boolean {
    if (recorded === null) return operator === 'ne'
    const { from, to } = spanOf(recorded)
    const other = spanOf(asked)
    const meanings: Record<string, boolean> = {
      '': from <= other.to && to >= other.from,
      ne: !(from <= other.to && to >= other.from),
      gt: to > other.to,
      gte: to >= other.from,
      lt: from < other.from,
      lte: from <= other.to,
      certainlyGt: from > other.to,
      certainlyGte: from >= other.from,
      certainlyLt: to < other.from,
      certainlyLte: to <= other.to,
    }
    return meanings[operator] ?? false
  }

  const isIn = (operator: string, value: string | null, values: string[]) =>
    (value !== null && values.includes(value)) !== (operator === 'ne')

  function partyHolds(filter: string, values: string[], taking: Party, around: Surroundings): boolean {
    const own = taking.country ?? around.countryOf.get(taking.organization ?? '') ?? null
    switch (filter) {
      case 'country':
        return own !== null && values.includes(own)
      case 'organization':
        return taking.organization !== null && values.includes(taking.organization)
      default:
        return values.some(
          (region) =>
            (taking.region !== null && around.regionsIn(region).has(taking.region)) ||
            (own !== null && around.countriesIn(region).has(own)),
        )
    }
  }

  /** Whether a record is in a list, told without SQL. */
  function holds(record: Agreement, conditions: Condition[], around: Surroundings): boolean {
    const askedRoles = conditions.find(({ filter }) => filter === 'role')?.values
    const inRole = record.parties.filter(({ role }) => askedRoles?.includes(role) ?? true)
    return conditions.every(({ filter, operator, values }) => {
      switch (filter) {
        case 'kind':
        case 'level':
        case 'status':
          return isIn(operator, record[filter], values)
        case 'signedOn':
        case 'inForceFrom':
          return dateHolds(record[filter], operator, values[0] ?? '')
        case 'language':
          return record.languages.some((language) => values.includes(language))
        case 'topic':
          return values.some((topic) => record.topics.some((own) => around.topicsIn(topic).has(own)))
        case 'role':
          return inRole.length > 0
        default:
          return inRole.some((taking) => partyHolds(filter, values, taking, around))
      }
    })
  }

  /** What a record is sorted by; null where it has no value. */
  function sortValue(record: Agreement, key: string, around: Surroundings): string | number | null {
    switch (key) {
      case 'title':
        return around.rankOf.get(record.id) ?? null
      case 'signedOn':
      case 'inForceFrom':
        return record[key] === null ? null : spanOf(record[key]).from
      default:
        return z.string().nullable().parse(Reflect.get(record, key))
    }
  }

  /** Whether one record may stand before another. */
  function inOrder(before: Agreement, after: Agreement, sort: string[], around: Surroundings): boolean {
    for (const word of sort) {
      const key = word.replace('-', '')
      const [a, b] = [sortValue(before, key, around), sortValue(after, key, around)]
      if (a === b) continue
      // Records without a value come last, in both directions.
      if (a === null || b === null) return b === null
      return a < b !== word.startsWith('-')
    }
    return true
  }

  /** Keys reachable downwards from a key. */
  function closureOf(parents: Map<string, string | null>): (key: string) => Set<string> {
    return (key) => {
      const found = new Set([key])
      for (let before = 0; before !== found.size; ) {
        before = found.size
        for (const [child, parent] of parents) if (parent !== null && found.has(parent)) found.add(child)
      }
      return found
    }
  }

  /** All records of a resource, in the order of their making. */
  async function everything<T>(resource: string, cursor?: string): Promise<T[]> {
    const on = cursor === undefined ? '' : `&cursor=${cursor}`
    const { data, page } = (await own.get(`/v1/${resource}?limit=200${on}`)).json<Page<T>>()
    return page.next === null ? data : [...data, ...(await everything<T>(resource, page.next))]
  }

  async function surroundings(): Promise<Surroundings> {
    const ranks = await own.pool.query<{ id: string; rank: number }>(
      'select id, dense_rank() over (order by title collate "und-x-icu")::int as rank from agreements',
    )
    const bodies = await everything<{ id: string; country: string | null }>('organizations')
    const areas = await everything<{ code: string; parent: string | null }>('regions')
    const states = await everything<{ code: string; region: string | null; groups: string[] }>('countries')
    const subjects = await everything<{ slug: string; broader: string | null }>('topics')
    const regionsIn = closureOf(new Map(areas.map(({ code, parent }) => [code, parent])))
    return {
      countryOf: new Map(bodies.map(({ id, country }) => [id, country])),
      regionsIn,
      countriesIn: (region) => {
        const within = regionsIn(region)
        const inside = states.filter(({ region: own, groups }) =>
          [own ?? '', ...groups].some((code) => within.has(code)),
        )
        return new Set(inside.map(({ code }) => code))
      },
      topicsIn: closureOf(new Map(subjects.map(({ slug, broader }) => [slug, broader]))),
      rankOf: new Map(ranks.rows.map(({ id, rank }) => [id, rank])),
    }
  }

  /** The places of organizations, as the arbitraries have them, as ids. */
  const organizationId = (place: unknown) => organizations[Number(place)] ?? ''

  const seed = Date.now()
  // A registry of its own, so that the oracle knows every record and every kind of date in it.
  let own: Api
  let records: Agreement[]
  let around: Surroundings
  beforeAll(async () => {
    own = await openApi()
    for (const [name, country] of [['Theirs', 'PAK'], ['Nobody’s'], ['Ours', 'KAZ']]) {
      const made = await own.post('/v1/organizations', { name, type: 'other', country })
      organizations.push(made.json<{ id: string }>().id)
    }
    const resource = resources.find(({ name }) => name === 'agreements')
    if (!resource) throw new Error('there are no agreements')
    const documents = fc.sample(agreement, { numRuns: 45, seed }).map(({ parties, ...document }) =>
      checkDocument(resource, {
        ...document,
        parties: parties.map((taking) =>
          'organization' in taking
            ? { ...taking, organization: organizationId(taking.organization) }
            : taking,
        ),
      }),
    )
    // In three transactions, so that there are few moments of creation, each shared by many records.
    for (const at of [0, 15, 30])
      await inTransaction(own.pool, (transaction) =>
        insertDocuments(transaction, resource, documents.slice(at, at + 15)),
      )
    records = await everything<Agreement>('agreements')
    around = await surroundings()
  })
  afterAll(() => own.close())

  /** A condition with the ids of organizations in the place of their places. */
  const resolved = ({ filter, operator, values }: Condition): Condition => ({
    filter,
    operator,
    values: filter === 'organization' ? values.map(organizationId) : values,
  })

  function searchOf({ conditions, sort, limit }: Query): string {
    const parameters = new URLSearchParams({ limit: String(limit), count: 'exact', fields: 'id' })
    for (const { filter, operator, values } of conditions)
      parameters.set(operator === '' ? filter : `${filter}[${operator}]`, values.join())
    if (sort.length > 0) parameters.set('sort', sort.join())
    return String(parameters)
  }

  /** The ids of all pages, and how many records the first page says there are. */
  async function walk(asked: Query): Promise<{ ids: string[]; total: number | undefined }> {
    const search = searchOf(asked)
    const pageOf = async (cursor: string) => {
      const answer = await own.get(`/v1/agreements?${search}${cursor}`)
      expect(answer.status, answer.text).toBe(200)
      return answer.json<Page<{ id: string }>>()
    }
    let { data, page } = await pageOf('')
    const total = page.total?.count
    const ids = data.map(({ id }) => id)
    while (page.next !== null) {
      expect(data).toHaveLength(asked.limit)
      ;({ data, page } = await pageOf(`&cursor=${page.next}`))
      ids.push(...data.map(({ id }) => id))
    }
    return { ids, total }
  }

  it('answers over all pages exactly the records that match, each once, in that order', slow, async () => {
    const known = new Map(records.map((record) => [record.id, record]))
    await fc.assert(
      fc.asyncProperty(query, async (drawn) => {
        const asked = { ...drawn, conditions: drawn.conditions.map(resolved) }
        const hint = `${searchOf(asked)} over the records of seed ${seed}`
        const expected = records.filter((record) => holds(record, asked.conditions, around))
        const { ids, total } = await walk(asked)
        expect([...ids].sort(), hint).toEqual(expected.map(({ id }) => id).sort())
        expect(total, hint).toBe(expected.length)
        const found = ids.flatMap((id) => known.get(id) ?? [])
        found.slice(1).forEach((after, at) => {
          const before = found[at]
          const right = before !== undefined && inOrder(before, after, asked.sort, around)
          expect(right, `${JSON.stringify([before, after])} in ${hint}`).toBe(true)
        })
      }),
      { numRuns: 100 },
    )
  })

  it('is asked of records that are many and not alike, so that the comparison means something', () => {
    expect(records.length).toBe(45 + 4)
    for (const key of ['kind', 'level', 'status', 'signedOn'] as const)
      expect(new Set(records.map((record) => record[key])).size, key).toBeGreaterThan(2)
  })
})
