import { beforeAll, describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { type Document, databaseTime, type Page } from '../support/documents.ts'
import {
  create,
  createLabelled,
  createWithParties,
  type LabelledRecords,
} from '../support/labelled-records.ts'

const api = useTestApi()

describe('a search for words', () => {
  let created: LabelledRecords
  beforeAll(async () => {
    const titled = (title: string, more: Document = {}) => ({ title, kind: 'agreement', ...more })
    created = await createLabelled(api, 'agreements', {
      cars: titled('Electric vehicles for the Côte d’Azur'),
      trains: titled('Electric trains, and no other vehicles'),
      coal: titled('Energy from coal'),
      wind: titled('Energy from wind', { summary: 'What the Resume says of turbines.' }),
      oceans: titled('Climate of the oceans', { occasion: 'The Zurich summit', place: 'Tromsø' }),
      pakistan: titled('中国与巴基斯坦关于能源合作的协定'),
      france: titled('中国与法国关于能源合作的议定书'),
    })
  })

  it.each([
    ['all words, with any ending and in any case', 'VEHICLE electrical', ['cars', 'trains']],
    ['a phrase in quotation marks', '"electric vehicles"', ['cars']],
    ['either word with `or`', 'coal or climate', ['coal', 'oceans']],
    ['only records without a word that the query excludes with a minus', 'energy -coal', ['wind']],
    [
      'only records without a phrase that the query excludes with a minus',
      'electric -"electric vehicles"',
      ['trains'],
    ],
    ['only records without a word that the query excludes after a dash', 'energy – -coal', ['wind']],
    ['only records without a word that the query excludes after a hyphen', 'energy- -coal', ['wind']],
    ['all words of a query with a dash between spaces', 'coal – energy', ['coal']],
    ['all words of a query with a minus between spaces', 'energy - "from coal"', ['coal']],
    ['accented words by a query without accents', 'cote', ['cars']],
    ['accented words by a query with accents', 'CÔTE', ['cars']],
    ['unaccented words by a query with accents', 'résumé', ['wind']],
    ['ø by a query with o', 'tromso', ['oceans']],
    ['words of the summary, the occasion and the place', 'turbines or zurich', ['oceans', 'wind']],
    ['all words of a query with a comma', 'coal, energy', ['coal']],
    ['all words of a query with a no-break space', 'coal\u00a0energy', ['coal']],
    ['nothing for a word that no record has', 'hydrogen', []],
    ['nothing, without an error, for operators without words', '"& | ! ( <->', []],
  ])('finds %s', async (_what, q, expected) => {
    expect(await created.find({ q })).toEqual(expected)
  })

  it.each([
    ['a Chinese title by a part of it', '巴基斯坦', ['pakistan']],
    ['a Chinese title by two parts', '巴基斯坦 能源', ['pakistan']],
    ['Chinese titles by a part in quotation marks', '"能源合作"', ['france', 'pakistan']],
    ['Chinese titles by a part of two characters', '能源', ['france', 'pakistan']],
    ['nothing for a Chinese part that no title has', '航天', []],
  ])('finds %s', async (_what, q, expected) => {
    expect(await created.find({ q })).toEqual(expected)
    expect(await created.find({ q: `${q} energy` })).toEqual([])
  })

  describe('in a script without spaces', () => {
    let texts: LabelledRecords
    beforeAll(async () => {
      const titled = (title: string, summary: string) => ({ title, kind: 'agreement', summary })
      texts = await createLabelled(api, 'agreements', {
        solar: titled('中国与巴基斯坦的协定', '关于能源和气候变化的合作。CO2减排，2011年签署。'),
        mixed: titled('Agreement on 太阳能', 'Solar energy, with the 中国科学院 as a partner.'),
        resources: titled('Energy 资源', '能量与资源的利用'),
        japanese: titled('協定', 'かがくぎじゅつ'),
        thai: titled('Thai', 'ความร่วมมือด้านพลังงาน'),
        korean: titled('협정', '에너지를 위한 협력'),
        english: titled('Solar energy', 'Without any other script.'),
      })
    })

    it.each([
      ['prose by a part', '能源', ['solar']],
      ['prose by one character', '源', ['resources', 'solar']],
      ['parts in the title and in the prose', '巴基斯坦 气候', ['solar']],
      ['either part with `or`', '气候 or 科学院', ['mixed', 'solar']],
      ['words of two scripts', '科学院 energy', ['mixed']],
      ['words of two scripts without a space', 'CO2减排', ['solar']],
      ['parts with a wide space between them', '巴基斯坦\u3000气候', ['solar']],
      ['words of two scripts with a wide space between them', '科学院\u3000energy', ['mixed']],
      ['full-width letters and digits', 'ＣＯ２减排 ２０１１年', ['solar']],
      ['a phrase in Chinese quotation marks', '“能源和气候”', ['solar']],
      ['a phrase of two scripts', '"the 中国科学院 as"', ['mixed']],
      [
        'only records without a part that the query excludes with a minus',
        'energy -科学院',
        ['english', 'resources'],
      ],
      ['only records without a word that the query excludes with a minus', '中国 -energy', ['solar']],
      ['Japanese', 'ぎじゅつ', ['japanese']],
      ['Thai', 'พลังงาน', ['thai']],
      ['Korean with a particle', '에너지', ['korean']],
      ['nothing for characters that are not together', '量源', []],
    ])('finds %s', async (_what, q, expected) => {
      expect(await texts.find({ q })).toEqual(expected)
      expect(await texts.find({ q, asOf: new Date().toISOString() })).toEqual(expected)
      expect(await texts.count({ q, groupBy: 'kind' })).toBe(expected.length)
    })

    it('finds prose in conditions of a search, also negated', async () => {
      const find = async (where: object) => {
        const id = { in: Object.values(ids) }
        const response = await api.post('/v1/agreements/search', { where: { id, ...where } })
        return response
          .json<Page<Document>>()
          .data.map((record) => record.id)
          .sort()
      }
      const ids = { solar: texts.id('solar'), mixed: texts.id('mixed'), english: texts.id('english') }
      expect(await find({ q: { eq: '能源' } })).toEqual([ids.solar])
      expect(await find({ not: { q: { eq: '能源' } } })).toEqual([ids.mixed, ids.english].sort())
    })

    it('finds citations by their excerpts and notes', async () => {
      const source = await create(api, 'sources', { title: 'A gazette', kind: 'report' })
      const record = { resource: 'agreements', id: texts.id('solar') }
      await create(api, 'citations', { source, record, excerpt: '双方同意开展合作', note: '见第三页脚注' })
      for (const q of ['开展合作', '脚注']) {
        const response = await api.get(`/v1/citations?source=${source}&q=${encodeURIComponent(q)}`)
        expect(response.json<Page<Document>>().data).toHaveLength(1)
      }
    })
  })

  it.each(['한국', 'デザイン'])(
    'in the body of a search finds %s in another Unicode form, as in a URL',
    async (word) => {
      const id = await create(api, 'projects', { title: `${word} 101`, kind: 'other' })
      const q = word.normalize('NFD')
      const body = { where: { q: { eq: q } }, fields: ['id'] }
      expect((await api.post('/v1/projects/search', body)).json()).toMatchObject({ data: [{ id }] })
      const inUrl = await api.get(`/v1/projects?q=${encodeURIComponent(q)}&fields=id`)
      expect(inUrl.json()).toMatchObject({ data: [{ id }] })
    },
  )

  it('of participants finds parts of names in Chinese, also as of an earlier time', async () => {
    const parties = [{ country: 'PAK', role: 'party' }]
    const id = await create(api, 'agreements', { title: 'With a party', kind: 'agreement', parties })
    const asOf = await databaseTime(api)
    const find = async (q: string, parameters = '') => {
      const where = { id: { eq: id }, parties: { some: { q: { eq: q } } } }
      const response = await api.post(`/v1/agreements/search${parameters}`, { where })
      expect(response.status, response.text).toBe(200)
      return response.json<Page<Document>>().data.length
    }
    for (const q of ['巴基斯坦', '巴基', '基斯', 'Pakistan']) {
      expect(await find(q), q).toBe(1)
      expect(await find(q, `?asOf=${asOf}`), q).toBe(1)
    }
    expect(await find('基巴')).toBe(0)
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
    const response = await api.get(`/v1/${resource}?q=${encodeURIComponent(q)}`)
    const found = response.json<Page<Document>>().data.map((record) => record[property])
    expect(found).toContain(value)
    expect(found.length).toBeLessThanOrEqual(2)
  })
})

describe('filters', () => {
  it('find a record by its external id, even an id with colons', async () => {
    const identified = (...externalIds: string[]) => ({
      title: 'An agreement',
      kind: 'agreement',
      externalIds: externalIds.map((id) => ({ scheme: 'doi', id })),
    })
    const created = await createLabelled(api, 'agreements', {
      colons: identified('10.1000:182:x'),
      start: identified('10.1000'),
      two: identified('a', 'b'),
    })
    expect(await created.find({ externalId: 'doi:10.1000:182:x' })).toEqual(['colons'])
    expect(await created.find({ externalId: 'doi:10.1000' })).toEqual(['start'])
    expect(await created.find({ externalId: 'doi:b' })).toEqual(['two'])
    expect(await created.find({ externalId: 'doi:a,doi:b,doi:10.1000' })).toEqual(['start', 'two'])
    expect(await created.find({ externalId: 'other:a' })).toEqual([])
    // No project has this external id, which an agreement has.
    const response = await api.get('/v1/projects?externalId=doi:a')
    expect(response.json<Page<unknown>>().data).toEqual([])
  })

  it('are combined with "and", their values with "or", and `ne` finds records without a value', async () => {
    const created = await createLabelled(api, 'agreements', {
      treaty: { title: 'T', kind: 'treaty', status: 'in_force', level: 'intergovernmental' },
      protocol: { title: 'P', kind: 'protocol', status: 'in_force' },
      signed: { title: 'S', kind: 'protocol', status: 'signed', level: 'interagency' },
      other: { title: 'O', kind: 'other' },
    })
    expect(await created.find({ kind: 'treaty,protocol' })).toEqual(['protocol', 'signed', 'treaty'])
    expect(await created.find({ kind: 'treaty,protocol', status: 'in_force' })).toEqual([
      'protocol',
      'treaty',
    ])
    expect(await created.find({ kind: 'other', status: 'in_force' })).toEqual([])
    expect(await created.find({ 'level[ne]': 'intergovernmental' })).toEqual(['other', 'protocol', 'signed'])
    expect(await created.find({ 'status[ne]': 'in_force,signed' })).toEqual(['other'])
    expect(await created.find({ kind: 'protocol', 'kind[ne]': 'protocol' })).toEqual([])
    const twice = await api.get('/v1/agreements?kind=treaty&kind=protocol&status=in_force&fields=kind')
    expect(new Set(twice.json<Page<{ kind: string }>>().data.map(({ kind }) => kind))).toEqual(
      new Set(['treaty', 'protocol']),
    )
  })

  it('compare createdAt and updatedAt to the millisecond, in any time zone', async () => {
    const created = await createLabelled(api, 'sources', {
      first: { title: 'First', kind: 'report' },
      second: { title: 'Second', kind: 'report' },
    })
    const read = async (label: string) =>
      (await api.get(`/v1/sources/${created.id(label)}`)).json<{ createdAt: string; updatedAt: string }>()
    const { createdAt } = await read('first')
    const second = await read('second')
    expect(createdAt < second.createdAt).toBe(true)
    expect(await created.find({ 'createdAt[gte]': createdAt })).toEqual(['first', 'second'])
    expect(await created.find({ 'createdAt[gt]': createdAt })).toEqual(['second'])
    expect(await created.find({ 'createdAt[lte]': createdAt })).toEqual(['first'])
    expect(await created.find({ 'createdAt[lt]': createdAt })).toEqual([])
    expect(await created.find({ 'createdAt[gte]': createdAt, 'createdAt[lt]': second.createdAt })).toEqual([
      'first',
    ])
    const inChina = new Date(Date.parse(createdAt) + 8 * 3_600_000).toISOString().replace('Z', '+08:00')
    expect(await created.find({ 'createdAt[lte]': inChina })).toEqual(['first'])
    const [today = ''] = createdAt.split('T')
    expect(await created.find({ 'createdAt[gte]': today })).toEqual(['first', 'second'])
    expect(await created.find({ 'createdAt[lt]': today })).toEqual([])

    await api.patch(`/v1/sources/${created.id('first')}`, { title: 'First again' })
    expect(await created.find({ 'updatedAt[gt]': second.updatedAt })).toEqual(['first'])
  })

  it('compare amounts of money as exact numbers', async () => {
    const costing = (amount: number, currency: string) => ({
      title: 'A project',
      kind: 'other',
      amounts: [{ kind: 'budget', amount, currency }],
    })
    const created = await createLabelled(api, 'projects', {
      small: costing(200, 'USD'),
      odd: costing(1_500_000.5, 'CNY'),
      large: costing(9_234_567_890_123.45, 'CNY'),
      unknown: { title: 'A project', kind: 'other' },
    })
    expect(await created.find({ amount: '200' })).toEqual(['small'])
    expect(await created.find({ amount: '1500000.500,200.00' })).toEqual(['odd', 'small'])
    expect(await created.find({ 'amount[gt]': '200' })).toEqual(['large', 'odd'])
    expect(await created.find({ 'amount[gte]': '200', 'amount[lt]': '1500000.5' })).toEqual(['small'])
    expect(await created.find({ 'amount[lte]': '1500000.5' })).toEqual(['odd', 'small'])
    expect(await created.find({ 'amount[gte]': '9234567890123.45' })).toEqual(['large'])
    expect(await created.find({ 'amount[gt]': '9234567890123.45' })).toEqual([])
    expect(await created.find({ 'amount[gt]': '9234567890123.449' })).toEqual(['large'])
    expect(await created.find({ amountCurrency: 'CNY', 'amount[gte]': '-1' })).toEqual(['large', 'odd'])
  })

  it('find the partner countries of a country', async () => {
    const ours = await create(api, 'organizations', { name: 'Of Nauru', kind: 'government', country: 'NRU' })
    const theirs = await create(api, 'organizations', {
      name: 'Of Kiribati',
      kind: 'academic',
      country: 'KIR',
    })
    await createWithParties(api, {
      both: [
        { country: 'NRU', role: 'party' },
        { country: 'TUV', role: 'party' },
      ],
    })
    await create(api, 'projects', {
      title: 'By organizations',
      kind: 'other',
      participants: [
        { organization: ours, role: 'lead' },
        { country: 'NRU', role: 'funder' },
        { organization: theirs, role: 'participant' },
        { region: '009', role: 'beneficiary' },
      ],
    })
    await create(api, 'cooperation-bases', {
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

  it('match records by their references, languages and numbers of units', async () => {
    const agreement = { title: 'An agreement', kind: 'agreement' }
    const first = await create(api, 'agreements', agreement)
    const related = await createLabelled(api, 'agreements', {
      renewing: { ...agreement, relations: [{ kind: 'renews', agreement: first }] },
      apart: { ...agreement, languages: ['fr', 'zh-Hans'] },
    })
    expect(await related.find({ relatedTo: first })).toEqual(['renewing'])
    const back = await api.get(`/v1/agreements?relatedTo=${related.id('renewing')}&fields=id`)
    expect(back.json<Page<unknown>>().data).toEqual([{ id: first }])
    expect(await related.find({ language: 'fr,de' })).toEqual(['apart'])
    expect(await related.find({ language: 'zh' })).toEqual([])

    const project = { title: 'A project', kind: 'other' }
    const projects = await createLabelled(api, 'projects', {
      linked: { ...project, agreements: [first] },
      unlinked: project,
    })
    expect(await projects.find({ agreement: first })).toEqual(['linked'])

    const institute = await create(api, 'organizations', { name: 'Its host', kind: 'academic' })
    const base = { name: 'A base', kind: 'other' }
    const whole = await create(api, 'cooperation-bases', { ...base, unitCount: 222 })
    const bases = await createLabelled(api, 'cooperation-bases', {
      part: { ...base, partOf: whole, hostOrganization: institute },
      several: { ...base, unitCount: 33, unitCountQualifier: 'about' },
    })
    expect(await bases.find({ partOf: whole })).toEqual(['part'])
    expect(await bases.find({ hostOrganization: institute })).toEqual(['part'])
    expect(await bases.find({ 'unitCount[gt]': '1', 'unitCount[lt]': '222' })).toEqual(['several'])

    const states = (await api.get('/v1/countries?successor=CZE&fields=code')).json<Page<unknown>>()
    expect(states.data).toEqual([{ code: 'CSK' }])
  })

  it('find citations by their source, their locator, and their record', async () => {
    const source = await create(api, 'sources', { title: 'A yearbook', kind: 'report' })
    const created = await createLabelled(api, 'citations', {
      country: { source, record: { resource: 'countries', id: 'PAK' }, locator: { page: '12' } },
      region: { source, record: { resource: 'regions', id: '142' }, property: '/name', rank: 'preferred' },
      topic: { source, record: { resource: 'topics', id: 'energy' }, locator: { paragraph: '3' } },
    })
    expect(await created.find({ source })).toEqual(['country', 'region', 'topic'])
    expect(await created.find({ resource: 'countries,topics' })).toEqual(['country', 'topic'])
    expect(await created.find({ record: 'PAK,142' })).toEqual(['country', 'region'])
    expect(await created.find({ resource: 'topics', record: 'PAK' })).toEqual([])
    expect(await created.find({ property: '/name' })).toEqual(['region'])
    expect(await created.find({ page: '12' })).toEqual(['country'])
    expect(await created.find({ paragraph: '3' })).toEqual(['topic'])
    expect(await created.find({ 'rank[ne]': 'normal' })).toEqual(['region'])
  })

  it('find citations by a record with a key of any length', async () => {
    const source = await create(api, 'sources', { title: 'A glossary', kind: 'report' })
    const slugs = ['x', 'ai', 'a'.repeat(100)]
    for (const slug of slugs) await create(api, 'topics', { slug, name: slug, scheme: 'domain' })
    const created = await createLabelled(
      api,
      'citations',
      Object.fromEntries(slugs.map((slug) => [slug, { source, record: { resource: 'topics', id: slug } }])),
    )
    for (const slug of slugs) expect(await created.find({ record: slug })).toEqual([slug])
  })
})

it('a list sorts topics without a code after all others, for any characters in codes', async () => {
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
