import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, openApi } from '../support/api.ts'
import { type Refusal, unusedId } from '../support/documents.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())
const agreement = { title: 'An agreement', kind: 'agreement' }

describe('a document with a fault is refused with the pointer, the value and the nearest match', () => {
  const post = async (resource: string, document: unknown) => {
    const answer = await api.post(`/v1/${resource}`, document)
    return answer.json<Refusal>()
  }

  it.each<[what: string, change: Record<string, unknown>, pointer: string, message: string]>([
    ['a property that is missing', { title: undefined }, '/title', 'is required'],
    [
      'a property that does not exist',
      { signdOn: '2011' },
      '/signdOn',
      '"signdOn" is not known here; did you mean "signedOn"?',
    ],
    [
      'a word that is not on the list',
      { kind: 'memorandum' },
      '/kind',
      '"memorandum" is not known; it can be "treaty", "agreement", "protocol", "memorandum_of_understanding", "joint_statement", "strategic_partnership", "cooperation_documents", "dialogue_outcome", "exchange_of_notes", "other"',
    ],
    ['a word in capitals', { kind: 'TREATY' }, '/kind', '"TREATY" is not known; did you mean "treaty"?'],
    ['another type', { title: 2011 }, '/title', 'must be text, not 2011'],
    ['a text where a list belongs', { topics: 'energy' }, '/topics', 'must be an array, not text'],
    [
      'a line with a line break',
      { title: 'One\nTwo' },
      '/title',
      'must be one line without white space at its ends',
    ],
    [
      'a day that its month does not have',
      { signedOn: '2011-04-31' },
      '/signedOn',
      '"2011-04-31": April 2011 has 30 days (at character 9)',
    ],
    [
      'a country by two letters',
      { parties: [{ country: 'PK', role: 'party' }] },
      '/parties/0/country',
      'must be three capitals of ISO 3166-1 alpha-3, such as PAK',
    ],
    [
      'a participant without an actor',
      { parties: [{ role: 'party' }] },
      '/parties/0',
      'names no actor: give exactly one of country, organization and region',
    ],
    [
      'a participant that is two actors',
      { parties: [{ country: 'PAK', region: '142', role: 'party' }] },
      '/parties/0',
      'names 2 actors: give exactly one of country, organization and region',
    ],
    [
      'a participant who is there twice',
      {
        parties: [
          { country: 'PAK', role: 'party' },
          { country: 'PAK', role: 'party' },
        ],
      },
      '/parties/1',
      'PAK is there already as party',
    ],
    [
      'a role of another resource',
      { parties: [{ country: 'PAK', role: 'donor' }] },
      '/parties/0/role',
      '"donor" is not known; it can be "party", "beneficiary", "depositary", "observer"',
    ],
    ['a topic twice', { topics: ['energy', 'energy'] }, '/topics/1', 'stands twice in the list'],
    [
      'a country that is none',
      { parties: [{ country: 'XXX', role: 'party' }] },
      '/parties/0/country',
      'there is no "XXX" in countries',
    ],
    [
      'a topic that is none',
      { topics: ['energy', 'no-topic'] },
      '/topics/1',
      'there is no "no-topic" in topics',
    ],
    [
      'an agreement that is none',
      { relations: [{ kind: 'renews', agreement: unusedId }] },
      '/relations/0/agreement',
      `there is no "${unusedId}" in agreements`,
    ],
  ])('%s', async (_what, change, pointer, message) => {
    const { status, detail, errors } = await post('agreements', { ...agreement, ...change })
    expect(status).toBe(422)
    expect(detail).toBe('The agreement has one fault; nothing was written.')
    expect(errors).toEqual([{ pointer, code: expect.any(String), message }])
  })

  it('all faults at once', async () => {
    const { detail, errors } = await post('projects', {
      kind: 'mega-science',
      startsOn: 'soon',
      location: { latitude: 91, longitude: null },
      budget: { amount: -1, currency: 'ABC' },
      more: 1,
    })
    expect(detail).toMatch(/^The project has \d+ faults; nothing was written\.$/)
    expect(errors?.map(({ pointer }) => pointer).sort()).toEqual(
      expect.arrayContaining([
        '/budget/amount',
        '/budget/currency',
        '/kind',
        '/location/latitude',
        '/more',
        '/startsOn',
        '/title',
      ]),
    )
    expect(errors).toContainEqual({
      pointer: '/kind',
      code: 'unknown_value',
      message: '"mega-science" is not known; did you mean "mega_science"?',
    })
    expect(errors).toContainEqual({
      pointer: '/budget/currency',
      code: expect.any(String),
      message: 'is not an ISO 4217 currency',
    })
  })

  it('half of a location or of an amount is refused', async () => {
    const project = { title: 'A project', kind: 'other' }
    const half = await post('projects', { ...project, location: { latitude: 30 } })
    expect(half.errors).toEqual([
      {
        pointer: '/location',
        code: 'invalid',
        message: 'latitude and longitude belong together: give both or neither',
      },
    ])
    const money = await post('projects', { ...project, budget: { amount: 1 } })
    expect(money.errors).toEqual([{ pointer: '/budget/currency', code: 'required', message: 'is required' }])
    const precise = await post('projects', { ...project, budget: { amount: 1.005, currency: 'CNY' } })
    expect(precise.errors).toEqual([
      {
        pointer: '/budget/amount',
        code: 'too_precise',
        message: '1.005 is too precise: must be a multiple of 0.01',
      },
    ])
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
        message: '"/nam" leads nowhere in countries: "nam" is not a property there; did you mean "name"?',
      },
    ])
  })

  it.each<[what: string, body: string, message: RegExp]>([
    ['that is no JSON', '{"title": }', /^The body is not JSON: /],
    ['that is empty', '', /^The body is empty where JSON is expected\.$/],
    [
      'that says a thing twice',
      '{"title": "A", "title": "B", "kind": "other"}',
      /parts that cannot be kept as they are/,
    ],
    [
      'with a NUL character',
      '{"title": "A\\u0000B", "kind": "other"}',
      /parts that cannot be kept as they are/,
    ],
  ])('a body %s', async (_what, body, message) => {
    const answer = await api.post('/v1/agreements', body)
    expect(answer.status).toBe(400)
    expect(answer.json<Refusal>().detail).toMatch(message)
  })

  it('a taken unique value returns 409 with its pointer and value', async () => {
    const country = { code: 'ZZA', alpha2: 'PK', name: 'Another Pakistan' }
    expect(await post('countries', country)).toMatchObject({
      status: 409,
      detail: 'The country shares with another one what must be its own; nothing was written.',
      errors: [{ pointer: '/alpha2', code: 'taken', message: '"PK" is taken by another country' }],
    })
    expect(await post('topics', { slug: 'energy', name: 'Energy', scheme: 'domain' })).toMatchObject({
      status: 409,
      errors: [{ pointer: '/slug', code: 'taken', message: '"energy" is taken by another topic' }],
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
          message: `is the id of /v1/agreements/${first?.id} already`,
        },
      ],
    })
  })

  it('an external id twice in one record', async () => {
    const id = { scheme: 'doi', id: '10.2' }
    const { status, errors } = await post('agreements', { ...agreement, externalIds: [id, id] })
    expect({ status: status === 409 || status === 422, errors }).toEqual({
      status: true,
      errors: [expect.objectContaining({ pointer: '/externalIds/1' })],
    })
  })

  it('a cycle returns 422 with the property', async () => {
    const topic = (slug: string, broader: string | null) =>
      api.post('/v1/topics', { slug, name: slug, scheme: 'domain', broader })
    await topic('upper', null)
    await topic('lower', 'upper')
    const answer = await api.patch('/v1/topics/upper', { broader: 'lower' })
    expect(answer.status).toBe(422)
    expect(answer.json<Refusal>().errors).toEqual([
      {
        pointer: '/broader',
        code: 'cycle',
        message: 'would put the topic below itself: choose one that is not below it',
      },
    ])
    const itself = await api.patch('/v1/topics/upper', { broader: 'upper' })
    expect(itself.json<Refusal>().errors?.[0]).toMatchObject({ pointer: '/broader', code: 'cycle' })
  })

  it('an agreement that is related to itself', async () => {
    const { id } = (await api.post('/v1/agreements', agreement)).json()
    const answer = await api.patch(`/v1/agreements/${id}`, { relations: [{ kind: 'renews', agreement: id }] })
    expect(answer.status).toBe(422)
    expect(answer.json<Refusal>().errors).toEqual([
      expect.objectContaining({ pointer: '/relations/0/agreement' }),
    ])
  })
})
