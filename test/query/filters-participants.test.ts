import { beforeAll, describe, expect, it } from 'vitest'
import { countInList } from '../support/aggregates.ts'
import { useTestApi } from '../support/api.ts'
import type { Document, Page } from '../support/documents.ts'
import {
  create,
  createLabelled,
  createWithParties,
  type LabelledRecords,
} from '../support/labelled-records.ts'

const api = useTestApi()

describe('a filter by country', () => {
  let ministry: string
  let projects: LabelledRecords
  let bases: LabelledRecords
  beforeAll(async () => {
    ministry = await create(api, 'organizations', {
      name: 'A Kazakh ministry',
      kind: 'government',
      country: 'KAZ',
    })
    const union = await create(api, 'organizations', { name: 'A union', kind: 'multilateral' })
    const project = (more: Document) => ({ title: 'A project', kind: 'joint_research', ...more })
    projects = await createLabelled(api, 'projects', {
      itself: project({ participants: [{ country: 'KAZ', role: 'participant' }] }),
      'by a ministry': project({ participants: [{ organization: ministry, role: 'developer' }] }),
      there: project({ locations: [{ name: 'Unknown' }, { country: 'KAZ' }] }),
      neighbour: project({ participants: [{ country: 'UZB', role: 'participant' }] }),
      region: project({ participants: [{ region: '143', role: 'participant' }] }),
      union: project({ participants: [{ organization: union, role: 'participant' }] }),
      nobody: project({}),
    })
    const base = (more: Document) => ({ name: 'A base', kind: 'observatory', ...more })
    bases = await createLabelled(api, 'cooperation-bases', {
      itself: base({ participants: [{ country: 'KAZ', role: 'partner' }] }),
      hosted: base({ hostCountry: 'KAZ' }),
      there: base({ location: { country: 'KAZ', elevationMetres: 2000 } }),
      elsewhere: base({ hostCountry: 'UZB', location: { country: 'UZB' } }),
    })
  })

  it('finds records of the country itself, of its organizations, and at locations in it', async () => {
    expect(await projects.find({ country: 'KAZ' })).toEqual(['by a ministry', 'itself', 'there'])
    expect(await bases.find({ country: 'KAZ' })).toEqual(['hosted', 'itself', 'there'])
  })

  it('finds records of any of several countries', async () => {
    expect(await projects.find({ country: 'KAZ,UZB' })).toEqual([
      'by a ministry',
      'itself',
      'neighbour',
      'there',
    ])
  })

  it('ignores hosts and locations if a role is given, since only participants have roles', async () => {
    expect(await projects.find({ country: 'KAZ', role: 'participant' })).toEqual(['itself'])
    expect(await projects.find({ country: 'KAZ', role: 'developer,funder' })).toEqual(['by a ministry'])
    expect(await projects.find({ country: 'KAZ', role: 'host' })).toEqual([])
    expect(await bases.find({ country: 'KAZ', role: 'host' })).toEqual([])
  })

  it('is wider than filters by location, host country or organization', async () => {
    expect(await projects.find({ locationCountry: 'KAZ' })).toEqual(['there'])
    expect(await bases.find({ hostCountry: 'KAZ' })).toEqual(['hosted'])
    expect(await bases.find({ locationCountry: 'KAZ' })).toEqual(['there'])
    expect(await projects.find({ organization: ministry })).toEqual(['by a ministry'])
  })

  it('finds fewer records than a filter by a region that contains the country', async () => {
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

describe('a filter by role', () => {
  let created: LabelledRecords
  let institute: string
  beforeAll(async () => {
    institute = await create(api, 'organizations', { name: 'An institute', kind: 'academic', country: 'KAZ' })
    created = await createWithParties(api, {
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
  ])(
    'requires that the participant found by `country` or `region` has this role: %o',
    async (parameters, expected) => {
      expect(await created.find(parameters)).toEqual(expected)
    },
  )

  it('restricts organizations and regions in the same way', async () => {
    expect(await created.find({ organization: institute, role: 'beneficiary' })).toEqual([
      'Uzbekistan for an institute',
    ])
    expect(await created.find({ organization: institute, role: 'party' })).toEqual([])
    expect(await created.find({ region: '142', role: 'beneficiary', organization: institute })).toEqual([
      'Uzbekistan for an institute',
    ])
    expect(await created.find({ region: '150', role: 'beneficiary' })).toEqual([])
  })

  it('narrows the operator `otherThan` of roles, but not `all`', async () => {
    expect(await created.find({ role: 'party', 'role[all]': 'beneficiary' })).toHaveLength(5)
    expect(await created.find({ role: 'party', country: 'UZB', 'role[all]': 'beneficiary' })).toEqual([
      'Uzbekistan for Asia',
      'Uzbekistan for Kazakhstan',
      'Uzbekistan for an institute',
    ])
    expect(await created.find({ role: 'party', 'role[all]': 'observer' })).toEqual([])
    expect(await created.find({ role: 'party', 'role[otherThan]': 'party' })).toEqual([])
  })

  it('without other filters finds every record with a participant in the role', async () => {
    expect(await created.find({ role: 'beneficiary' })).toHaveLength(5)
    expect(await created.find({ role: 'observer' })).toEqual([])
  })
})

describe('a filter by region', () => {
  let created: LabelledRecords
  beforeAll(async () => {
    created = await createWithParties(api, {
      Africa: [{ region: '002', role: 'beneficiary' }],
      'Sub-Saharan Africa': [{ region: '202', role: 'beneficiary' }],
      'South Africa': [{ country: 'ZAF', role: 'party' }],
      Egypt: [{ country: 'EGY', role: 'party' }],
      Ethiopia: [{ country: 'ETH', role: 'party' }],
      'developing regions': [{ region: '902', role: 'beneficiary' }],
      Germany: [{ country: 'DEU', role: 'party' }],
    })
  })

  it('finds the region itself, all regions below it and all their countries', async () => {
    expect(await created.find({ region: '002' })).toEqual([
      'Africa',
      'Egypt',
      'Ethiopia',
      'South Africa',
      'Sub-Saharan Africa',
    ])
  })

  it('does not find records of a larger region that contains it', async () => {
    expect(await created.find({ region: '202' })).toEqual(['Ethiopia', 'South Africa', 'Sub-Saharan Africa'])
    expect(await created.find({ region: '018' })).toEqual(['South Africa'])
  })

  it('finds a country group itself, and the countries in it', async () => {
    expect(await created.find({ region: '199' })).toEqual(['Ethiopia'])
    expect(await created.find({ region: '902' })).toEqual([
      'Egypt',
      'Ethiopia',
      'South Africa',
      'developing regions',
    ])
  })

  it('finds records of any of several values', async () => {
    expect(await created.find({ region: '018,015,155' })).toEqual(['Egypt', 'Germany', 'South Africa'])
  })

  it('also applies to figures, organizations, countries and regions', async () => {
    const count = (list: string) => countInList(api, list)
    const figure = { indicator: 'rainy_days', title: 'Rainy days', unit: 'days', country: 'FJI' }
    await create(api, 'figures', { ...figure, value: 12.5 })
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
  let created: LabelledRecords
  beforeAll(async () => {
    const about = (...topics: string[]) => ({ title: 'An agreement', kind: 'agreement', topics })
    created = await createLabelled(api, 'agreements', {
      'energy and environment': about('energy-and-environmental-protection'),
      energy: about('energy'),
      'new energy': about('new-energy', 'electric-vehicles'),
      climate: about('climate'),
      nothing: about(),
    })
  })

  it('finds records on the topic and on all narrower ones', async () => {
    expect(await created.find({ topic: 'energy-and-environmental-protection' })).toEqual([
      'energy',
      'energy and environment',
      'new energy',
    ])
    expect(await created.find({ topic: 'energy' })).toEqual(['energy', 'new energy'])
    expect(await created.find({ topic: 'new-energy' })).toEqual(['new energy'])
    expect(await created.find({ topic: 'ford-2' })).toEqual(['new energy'])
  })

  it('finds records of any of several values', async () => {
    expect(await created.find({ topic: 'climate,new-energy' })).toEqual(['climate', 'new energy'])
  })

  it('finds a topic and all narrower ones, unlike `broader`, which finds those directly below', async () => {
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
