import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { type ProblemBody, unusedId } from '../support/documents.ts'

const api = await sharedApi()
const agreement = { title: 'An agreement', kind: 'agreement' }

describe('a document with a fault is refused with a pointer and a message that explains it', () => {
  const post = async (resource: string, document: unknown) => {
    const response = await api.post(`/v1/${resource}`, document)
    return response.json<ProblemBody>()
  }

  it.each<[what: string, change: Record<string, unknown>, pointer: string, message: RegExp]>([
    ['a property that is missing', { title: undefined }, '/title', /required/],
    [
      'a property that does not exist',
      { signdOn: '2011' },
      '/signdOn',
      /"signdOn".*did you mean "signedOn"\?/,
    ],
    [
      'a value that is not in its enumeration',
      { kind: 'memorandum' },
      '/kind',
      /"memorandum".*"memorandum_of_understanding"/,
    ],
    ['an enumeration value in upper case', { kind: 'TREATY' }, '/kind', /"TREATY".*did you mean "treaty"\?/],
    ['a version of a new record', { version: 1 }, '/version', /^is set by the registry: leave it out$/],
    ['an id of a new record', { id: unusedId }, '/id', /^is set by the registry: leave it out$/],
    ['a value of the wrong type', { title: 2011 }, '/title', /text.*2011/],
    ['a text instead of a list', { topics: 'energy' }, '/topics', /array/],
    [
      'a single-line text with a line break',
      { title: 'One\nTwo' },
      '/title',
      /line break, U\+000A, at character 4/,
    ],
    [
      'a day that its month does not have',
      { signedOn: '2011-04-31' },
      '/signedOn',
      /"2011-04-31".*30 days.*at character 9/,
    ],
    [
      'a country by its alpha-2 code',
      { parties: [{ country: 'PK', role: 'party' }] },
      '/parties/0/country',
      /ISO 3166-1 alpha-3/,
    ],
    [
      'a country by its name',
      { parties: [{ country: 'China', role: 'party' }] },
      '/parties/0/country',
      /such as PAK; find it with \/v1\/search\?q=China&resource=countries$/,
    ],
    [
      'an organization by its name',
      { parties: [{ organization: 'UNEP', role: 'party' }] },
      '/parties/0/organization',
      /UUID.*; find it with \/v1\/search\?q=UNEP&resource=organizations$/,
    ],
    [
      'a participant without a country, organization or region',
      { parties: [{ role: 'party' }] },
      '/parties/0',
      /country, organization and region/,
    ],
    [
      'a participant with a country and a region',
      { parties: [{ country: 'PAK', region: '142', role: 'party' }] },
      '/parties/0',
      /country, organization and region/,
    ],
    [
      'a repeated participant',
      {
        parties: [
          { country: 'PAK', role: 'party' },
          { country: 'PAK', role: 'party' },
        ],
      },
      '/parties/1',
      /PAK.*party/,
    ],
    [
      'a role of another resource',
      { parties: [{ country: 'PAK', role: 'donor' }] },
      '/parties/0/role',
      /"donor".*"party", "beneficiary", "depositary", "observer"/,
    ],
    ['a repeated topic', { topics: ['energy', 'energy'] }, '/topics/1', /twice/],
    [
      'an unknown country',
      { parties: [{ country: 'XXX', role: 'party' }] },
      '/parties/0/country',
      /"XXX".*countries/,
    ],
    ['an unknown topic', { topics: ['energy', 'no-topic'] }, '/topics/1', /"no-topic".*topics/],
    [
      'an unknown agreement',
      { relations: [{ kind: 'renews', agreement: unusedId }] },
      '/relations/0/agreement',
      new RegExp(`"${unusedId}".*agreements`),
    ],
  ])('%s', async (_what, change, pointer, message) => {
    const { status, detail, errors } = await post('agreements', { ...agreement, ...change })
    expect(status).toBe(422)
    expect(detail).toMatch(/nothing was written/)
    expect(errors).toEqual([{ pointer, code: expect.any(String), message: expect.stringMatching(message) }])
  })

  it('several faults, which are all returned at once', async () => {
    const { detail, errors } = await post('projects', {
      kind: 'mega-science',
      startsOn: 'soon',
      locations: [{ latitude: 91, longitude: null }],
      amounts: [{ kind: 'budget', amount: 1e14, currency: 'ABC' }],
      more: 1,
    })
    expect(detail).toMatch(/nothing was written/)
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(
      expect.arrayContaining([
        '/amounts/0/amount',
        '/amounts/0/currency',
        '/kind',
        '/locations/0/latitude',
        '/more',
        '/startsOn',
        '/title',
      ]),
    )
    expect(errors).toContainEqual({
      pointer: '/kind',
      code: 'unknown_value',
      message: expect.stringContaining('did you mean "mega_science"?'),
    })
    expect(errors).toContainEqual({
      pointer: '/amounts/0/currency',
      code: expect.any(String),
      message: expect.stringContaining('ISO 4217'),
    })
  })

  it('several faults, each with the code of the violated rule and the limit', async () => {
    const { errors = [] } = await post('agreements', {
      title: 'A'.repeat(501),
      kind: 'treaty',
      signedOn: '2011-13',
      topics: ['energy', 'energy'],
      languages: Array.from({ length: 101 }, () => 'en'),
      parties: [{ role: 'party' }],
    })
    const found = errors.map(({ pointer, code, limit }) => [pointer, code, limit])
    expect(found).toEqual(
      expect.arrayContaining([
        ['/title', 'too_big', 500],
        ['/signedOn', 'invalid_date', undefined],
        ['/topics/1', 'repeated', undefined],
        ['/languages', 'too_big', 100],
        ['/parties/0', 'not_exactly_one', undefined],
      ]),
    )
    const negative = { name: 'A base', kind: 'observatory', unitCount: -1 }
    expect((await post('cooperation-bases', negative)).errors).toMatchObject([
      { pointer: '/unitCount', code: 'too_small', limit: 1 },
    ])
  })

  it('a value above its limit in a bulk operation, whose fault has the limit', async () => {
    const operations = [{ op: 'create', document: { title: 'A'.repeat(501), kind: 'treaty' } }]
    const response = await api.post('/v1/agreements/bulk', { operations })
    expect(response.json<ProblemBody>().errors).toMatchObject([
      { pointer: '/operations/0/document/title', code: 'too_big', limit: 500 },
    ])
  })

  it('an incomplete location or amount, and an amount with too many decimals', async () => {
    const project = { title: 'A project', kind: 'other' }
    const incomplete = await post('projects', { ...project, locations: [{ latitude: 30 }] })
    expect(incomplete.errors).toEqual([
      {
        pointer: '/locations/0',
        code: 'needs_other',
        message: expect.stringMatching(/latitude and longitude/),
      },
    ])
    const money = await post('projects', { ...project, amounts: [{ kind: 'budget', amount: 1 }] })
    expect(money.errors).toEqual([
      { pointer: '/amounts/0/currency', code: 'required', message: expect.any(String) },
    ])
    const precise = await post('projects', {
      ...project,
      amounts: [{ kind: 'budget', amount: 1.005, currency: 'CNY' }],
    })
    expect(precise.errors).toEqual([
      {
        pointer: '/amounts/0/amount',
        code: 'too_precise',
        message: expect.stringMatching(/1\.005.*at most 2 decimals/),
      },
    ])
  })

  it.each<[record: unknown, pointer: string, code: string, message: RegExp]>([
    ['PAK', '/record', 'wrong_type', /must be an object, not text/],
    [{}, '/record/resource', 'required', /is required/],
    [{ resource: 'country', id: 'PAK' }, '/record/resource', 'unknown_value', /did you mean "countries"\?/],
    [{ resource: 7, id: 'PAK' }, '/record/resource', 'unknown_value', /must be one of "agreements"/],
  ])('a citation of %j instead of a record', async (record, pointer, code, message) => {
    const { errors } = await post('citations', { source: unusedId, record })
    expect(errors).toEqual([{ pointer, code, message: expect.stringMatching(message) }])
  })

  it('a citation of a property that the record does not have', async () => {
    const source = (await api.post('/v1/sources', { title: 'A source', kind: 'report' })).json().id
    const record = { resource: 'countries', id: 'PAK' }
    const { status, errors } = await post('citations', { source, record, property: '/nam' })
    expect(status).toBe(422)
    expect(errors).toEqual([
      {
        pointer: '/property',
        code: 'invalid',
        message: expect.stringMatching(/"\/nam".*countries.*did you mean "name"\?/),
      },
    ])
  })

  it.each<[what: string, body: string, message: RegExp]>([
    ['that is not JSON', '{"title": }', /not JSON/],
    ['that is empty', '', /empty/],
    [
      'with a repeated property',
      '{"title": "A", "title": "B", "kind": "other"}',
      /parts that cannot be stored unchanged/,
    ],
    [
      'with a NUL character',
      '{"title": "A\\u0000B", "kind": "other"}',
      /parts that cannot be stored unchanged/,
    ],
  ])('a body %s, with status 400 and the reason in the detail', async (_what, body, message) => {
    const response = await api.post('/v1/agreements', body)
    expect(response.status).toBe(400)
    expect(response.json<ProblemBody>().detail).toMatch(message)
  })

  it('a taken unique value, with status 409', async () => {
    const country = { code: 'ZZA', alpha2: 'PK', name: 'Another Pakistan' }
    expect(await post('countries', country)).toMatchObject({
      status: 409,
      errors: [{ pointer: '/alpha2', code: 'taken', message: expect.stringContaining('"PK"') }],
    })
    expect(await post('topics', { slug: 'energy', name: 'Energy', scheme: 'domain' })).toMatchObject({
      status: 409,
      errors: [{ pointer: '/slug', code: 'taken', message: expect.stringContaining('"energy"') }],
    })
    const [first] = (await api.get('/v1/agreements?externalId=interview-2011:F01')).json<{
      data: { id: string }[]
    }>().data
    const externalIds = [
      { scheme: 'doi', id: '10.1' },
      { scheme: 'interview-2011', id: 'F01' },
    ]
    expect(await post('agreements', { ...agreement, externalIds })).toMatchObject({
      status: 409,
      errors: [
        {
          pointer: '/externalIds/1',
          code: 'taken',
          message: expect.stringContaining(`/v1/agreements/${first?.id}`),
        },
      ],
    })
  })

  it('a cycle, even of a record with itself', async () => {
    const topic = (slug: string, broader: string | null) =>
      api.post('/v1/topics', { slug, name: slug, scheme: 'domain', broader })
    await topic('upper', null)
    await topic('lower', 'upper')
    const response = await api.patch('/v1/topics/upper', { broader: 'lower' })
    expect(response.status).toBe(422)
    expect(response.json<ProblemBody>().errors).toEqual([
      {
        pointer: '/broader',
        code: 'cycle',
        message: expect.stringMatching(/topic/),
      },
    ])
    const withItself = await api.patch('/v1/topics/upper', { broader: 'upper' })
    expect(withItself.json<ProblemBody>().errors?.[0]).toMatchObject({ pointer: '/broader', code: 'cycle' })
  })
})

describe('a body that is not an object has the same fault in create, replace, patch and bulk', () => {
  const wrongTypes: [body: unknown, message: string][] = [
    [[agreement], 'must be an object, not an array'],
    [5, 'must be an object, not 5'],
    [null, 'must be an object, not null'],
  ]
  const missing = [{ pointer: '', code: 'required', message: 'is required' }]

  it.each<[method: 'POST' | 'PUT' | 'PATCH', path: string]>([
    ['POST', '/v1/agreements'],
    ['PUT', '/v1/countries/PAK'],
    ['PATCH', '/v1/countries/PAK'],
    ['POST', '/v1/agreements/bulk'],
  ])('%s %s', async (method, path) => {
    const headers = { ...(path.endsWith('PAK') && { 'if-match': '*' }) }
    for (const [body, message] of wrongTypes) {
      const { errors } = (await api.request(method, path, { body, headers })).json<ProblemBody>()
      expect(errors).toEqual([{ pointer: '', code: 'wrong_type', message }])
    }
    const none = await api.request(method, path, { headers })
    expect(none.json<ProblemBody>().errors).toEqual(missing)
  })
})
