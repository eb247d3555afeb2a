import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resources } from '../../src/resources/index.ts'
import { type Api, type HttpAnswer, openApi, type RequestOptions } from '../support/api.ts'

/** Many requests take long when the machine has other work. */
const slow = { timeout: 60_000 }

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

interface Problem {
  type: string
  title: string
  status: number
  detail: string
  errors?: { pointer?: string; parameter?: string; header?: string; code: string; message: string }[]
}

const nobody = '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90'
const agreement = { title: 'An agreement', kind: 'agreement' }

describe('a question that cannot be answered is refused with the parameter, what is wrong with it, and what would be right', () => {
  it.each<[question: string, parameter: string, code: string, message: string]>([
    [
      '/v1/agreements?stauts=signed',
      'stauts',
      'unknown',
      'there is no parameter "stauts" here; did you mean "status"?',
    ],
    [
      '/v1/agreements?signed_on=2011',
      'signed_on',
      'unknown',
      'there is no parameter "signed_on" here; did you mean "signedOn"?',
    ],
    ['/v1/agreements?xyzzy=1', 'xyzzy', 'unknown', 'there is no parameter "xyzzy" here'],
    ['/v1/agreements?constructor=1', 'constructor', 'unknown', 'there is no parameter "constructor" here'],
    [
      '/v1/agreements?status=inforce',
      'status',
      'unknown_value',
      '"inforce" is not known; did you mean "in_force"?',
    ],
    [
      '/v1/agreements?level=high',
      'level',
      'unknown_value',
      '"high" is not known; it can be "intergovernmental", "interagency", "institutional"',
    ],
    [
      '/v1/agreements?status=signed,expierd',
      'status',
      'unknown_value',
      '"expierd" is not known; did you mean "expired"?',
    ],
    [
      '/v1/agreements?status=',
      'status',
      'unknown_value',
      '"" is not known; it can be "negotiating", "signed", "in_force", "suspended", "expired", "terminated", "superseded"',
    ],
    [
      '/v1/agreements?country=PK',
      'country',
      'invalid',
      'must be three capitals of ISO 3166-1 alpha-3, such as PAK',
    ],
    [
      '/v1/agreements?country=pak',
      'country',
      'invalid',
      'must be three capitals of ISO 3166-1 alpha-3, such as PAK; did you mean "PAK"?',
    ],
    [
      '/v1/agreements?region=Africa',
      'region',
      'invalid',
      'must be three digits of UN M49, such as 142 for Asia',
    ],
    [
      '/v1/agreements?topic=Electric+Vehicles',
      'topic',
      'invalid',
      'must be a slug in lower case, such as electric-vehicles',
    ],
    [
      '/v1/agreements?organization=MOST',
      'organization',
      'invalid',
      'must be a UUID in lower case, such as 01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
    ],
    [
      '/v1/agreements?externalId=F01',
      'externalId',
      'invalid',
      'must be scheme:id, such as interview-2011:F01',
    ],
    [
      '/v1/agreements?signedOn=April+2011',
      'signedOn',
      'invalid',
      'expected a year of four digits (the last or the last two perhaps X), or Y and a longer year (at character 1)',
    ],
    [
      '/v1/agreements?signedOn[gte]=2011-02-30',
      'signedOn[gte]',
      'invalid',
      '"2011-02-30": February 2011 has 28 days (at character 9)',
    ],
    [
      '/v1/agreements?signedOn[after]=2011',
      'signedOn[after]',
      'unknown',
      '"signedOn" has no operator "after"; it can be "ne", "gt", "gte", "lt", "lte", "certainlyGt", "certainlyGte", "certainlyLt", "certainlyLte", "overlaps", "within", "contains", "year", "decade", "month", "isNull"',
    ],
    [
      '/v1/agreements?signedOn[Gte]=2011',
      'signedOn[Gte]',
      'unknown',
      '"signedOn" has no operator "Gte"; did you mean "gte"?',
    ],
    ['/v1/agreements?q[gte]=energy', 'q[gte]', 'unknown', '"q" takes no operator in brackets'],
    [
      '/v1/agreements?country[gte]=PAK',
      'country[gte]',
      'unknown',
      '"country" has no operator "gte"; it can be "all", "isNull", "noneAs"',
    ],
    [
      '/v1/agreements?country[all]=PAK:observr',
      'country[all]',
      'invalid',
      '"observr" is not known; did you mean "observer"?',
    ],
    [
      '/v1/agreements?signedOn[year]=2011-04',
      'signedOn[year]',
      'invalid',
      'must be as 2011 is, or "unknown"',
    ],
    [
      '/v1/agreements?signedOn[gte][lte]=2011',
      'signedOn[gte][lte]',
      'unknown',
      '"signedOn[gte][lte]" is not the name of a parameter: write name=value or name[operator]=value',
    ],
    ['/v1/agreements?signedOn=2011&signedOn=2012', 'signedOn', 'repeated', 'takes one value, not 2'],
    [
      '/v1/agreements?createdAt[gte]=yesterday',
      'createdAt[gte]',
      'invalid',
      'must be an RFC 3339 timestamp such as 2026-01-31T09:30:00Z, or a date',
    ],
    [
      '/v1/projects?budget=1e6',
      'budget',
      'invalid',
      'must be a number in decimal digits, such as 200 or 12.5',
    ],
    ['/v1/agreements?limit=0', 'limit', 'invalid', 'must be a whole number from 1 to 200'],
    ['/v1/agreements?limit=201', 'limit', 'invalid', 'must be a whole number from 1 to 200'],
    ['/v1/agreements?limit=0x10', 'limit', 'invalid', 'must be a whole number from 1 to 200'],
    [
      '/v1/agreements?sort=-signdOn',
      'sort',
      'unknown_value',
      '"-signdOn" is not known; did you mean "-signedOn"?',
    ],
    ['/v1/agreements?sort=title,-title', 'sort', 'repeated', '"title" stands twice'],
    ['/v1/agreements?fields=titel', 'fields', 'unknown_value', '"titel" is not known; did you mean "title"?'],
    [
      '/v1/agreements?include=citation',
      'include',
      'unknown_value',
      '"citation" is not known; did you mean "citations"?',
    ],
    [
      '/v1/agreements?count=all',
      'count',
      'unknown_value',
      '"all" is not known; it can be "exact", "estimated"',
    ],
    [
      '/v1/agreements?cursor=abc',
      'cursor',
      'invalid',
      'is not one that this registry has given out: it was cut or changed',
    ],
    [
      '/v1/agreements/F01',
      'id',
      'wrong_format',
      'must be a UUID in lower case, such as 01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
    ],
    ['/v1/countries/PK', 'code', 'wrong_format', 'must be three capitals of ISO 3166-1 alpha-3, such as PAK'],
    [
      '/v1/countries/pak',
      'code',
      'wrong_format',
      'must be three capitals of ISO 3166-1 alpha-3, such as PAK; did you mean "PAK"?',
    ],
    [
      `/v1/agreements/${nobody.toUpperCase()}`,
      'id',
      'wrong_format',
      'must be a UUID in lower case, such as 01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
    ],
  ])('%s', async (question, parameter, code, message) => {
    const answer = await api.get(question)
    expect(answer.status).toBe(400)
    const { detail, errors } = answer.json<Problem>()
    expect(errors).toEqual([{ parameter, code, message }])
    expect(detail).toMatch(/\.$/)
  })

  it('with all faults at once', async () => {
    const answer = await api.get('/v1/agreements?stauts=signed&country=pk&limit=x&signedOn[gte]=2011-13')
    const { errors, detail } = answer.json<Problem>()
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['stauts', 'country', 'limit', 'signedOn[gte]'])
    expect(detail).toBe(
      'The query cannot be answered as it is, because of "stauts", "country", "limit", "signedOn[gte]".',
    )
  })

  it('also where it is a cursor of another question', async () => {
    const { page } = (await api.get('/v1/agreements?limit=1')).json<{ page: { next: string } }>()
    const answer = await api.get(`/v1/agreements?limit=1&status=signed&cursor=${page.next}`)
    expect(answer.status).toBe(400)
    expect(answer.json<Problem>()).toMatchObject({
      type: '/problems/invalid-cursor',
      errors: [{ parameter: 'cursor', message: expect.stringMatching(/^belongs to another query/) }],
    })
  })

  it.each([
    ['a search for a NUL character', '/v1/agreements?q=a%00b'],
    ['a pointer with a NUL character', '/v1/citations?property=%2F%00'],
    ['an acronym that is a NUL character', '/v1/organizations?acronym=%00'],
    ['half of a surrogate pair', '/v1/agreements?q=%ed%a0%80'],
    ['the year 0', '/v1/agreements?createdAt[gte]=0000-01-01'],
    ['a moment before the year 1', '/v1/agreements?createdAt[gte]=0001-01-01T00:00:00%2B14:00'],
    ['a key of 6000 characters', `/v1/agreements/${'a'.repeat(6000)}`],
  ])(
    'and as a question, not as a record that is wrong or a fault of the service: %s',
    async (_what, question) => {
      const { status, type } = (await api.get(question)).json<Problem>()
      expect({ status, type }).toEqual({
        status: expect.toSatisfy((code: number) => [400, 404, 414].includes(code)),
        type: expect.stringMatching(/malformed-request|invalid-parameter|not-found|uri-too-long/),
      })
    },
  )

  it.each([
    ['/v1/agreement', 'There is nothing at /v1/agreement; did you mean /v1/agreements?'],
    ['/v1/nothing-like-it', 'There is nothing at /v1/nothing-like-it. /docs shows what there is.'],
    [`/v1/agreements/${nobody}`, `There is no agreement ${nobody}.`],
    ['/v1/countries/XXX', 'There is no country XXX.'],
    ['/v1/topics/no-such-topic', 'There is no topic no-such-topic.'],
  ])('or is told that nothing is there: %s', async (question, detail) => {
    const answer = await api.get(question)
    expect(answer.status).toBe(404)
    expect(answer.json<Problem>().detail).toBe(detail)
  })
})

describe('a record that cannot be kept is refused with the place, what is wrong there, and what would be right', () => {
  const post = async (resource: string, document: unknown) => {
    const answer = await api.post(`/v1/${resource}`, document)
    return answer.json<Problem>()
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
      { relations: [{ kind: 'renews', agreement: nobody }] },
      '/relations/0/agreement',
      `there is no "${nobody}" in agreements`,
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

  it('both halves of a place and of money, which belong together', async () => {
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
    expect(answer.json<Problem>().detail).toMatch(message)
  })

  it('what another record has already, by the property that is not unique', async () => {
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

  it('a record below itself', async () => {
    const topic = (slug: string, broader: string | null) =>
      api.post('/v1/topics', { slug, name: slug, scheme: 'domain', broader })
    await topic('upper', null)
    await topic('lower', 'upper')
    const answer = await api.patch('/v1/topics/upper', { broader: 'lower' })
    expect(answer.status).toBe(422)
    expect(answer.json<Problem>().errors).toEqual([
      {
        pointer: '/broader',
        code: 'cycle',
        message: 'would put the topic below itself: choose one that is not below it',
      },
    ])
    const itself = await api.patch('/v1/topics/upper', { broader: 'upper' })
    expect(itself.json<Problem>().errors?.[0]).toMatchObject({ pointer: '/broader', code: 'cycle' })
  })

  it('an agreement that is related to itself', async () => {
    const { id } = (await api.post('/v1/agreements', agreement)).json()
    const answer = await api.patch(`/v1/agreements/${id}`, { relations: [{ kind: 'renews', agreement: id }] })
    expect(answer.status).toBe(422)
    expect(answer.json<Problem>().errors).toEqual([
      expect.objectContaining({ pointer: '/relations/0/agreement' }),
    ])
  })
})

describe('a change that cannot be made is refused with what to do', () => {
  it('when somebody else has changed the record meanwhile', async () => {
    const { id } = (await api.post('/v1/agreements', agreement)).json()
    await api.patch(`/v1/agreements/${id}`, { title: 'Changed' })
    const answer = await api.patch(
      `/v1/agreements/${id}`,
      { title: 'Mine' },
      { headers: { 'if-match': '"1"' } },
    )
    expect(answer.status).toBe(412)
    expect(answer.json<Problem>().detail).toBe(
      'The agreement is at version 2 now; the request was meant for 1. Read it again and apply the change to that.',
    )
    expect(answer.headers.get('etag')).toBe('"2"')
  })

  it('when it does not say which version it is meant for', async () => {
    const answer = await api.request('DELETE', '/v1/countries/PAK')
    expect(answer.status).toBe(428)
    expect(answer.json<Problem>()).toMatchObject({
      detail: 'Send If-Match with the ETag of the version that you have read, or * to insist.',
      errors: [{ header: 'If-Match', code: 'required' }],
    })
  })

  it('when the tag has lost its quotes', async () => {
    const answer = await api.patch('/v1/countries/PAK', { name: 'P' }, { headers: { 'if-match': '1' } })
    expect(answer.status).toBe(400)
    expect(answer.json<Problem>().errors).toEqual([
      {
        header: 'If-Match',
        code: 'invalid',
        message: '1 is not an entity tag: send the ETag as it was answered, such as "3" with its quotes',
      },
    ])
  })

  it('when others refer to what would be removed, and which', async () => {
    const { id } = (
      await api.post('/v1/agreements', { ...agreement, parties: [{ country: 'TUV', role: 'party' }] })
    ).json()
    const answer = await api.delete('/v1/countries/TUV')
    expect(answer.status).toBe(409)
    expect(answer.json<Problem>()).toMatchObject({
      detail: 'Other records refer to the country TUV; remove or change them first.',
      errors: expect.arrayContaining([{ code: 'referred_to', message: `/v1/agreements/${id} refers to it` }]),
    })
  })

  it('when it would give the record another key', async () => {
    const answer = await api.patch('/v1/countries/PAK', { code: 'IND' })
    expect(answer.status).toBe(422)
    expect(answer.json<Problem>().errors).toEqual([
      {
        pointer: '/code',
        code: 'read_only',
        message: 'is the key of the record and stays "PAK": make another record for another key',
      },
    ])
  })

  it('when it comes without a key, or with a wrong one', async () => {
    const without = await api.post('/v1/agreements', agreement, { key: null })
    expect(without.status).toBe(401)
    expect(without.json<Problem>().detail).toBe('A key is needed to write: send Authorization: Bearer <key>.')
    const wrong = await api.post('/v1/agreements', agreement, { key: 'not-the-key-of-anybody' })
    expect(wrong.status).toBe(401)
    expect(wrong.json<Problem>().detail).toBe('The key is not known here.')
    expect(wrong.text).not.toContain('not-the-key-of-anybody')
  })

  it('when the method or the format is not one that is taken', async () => {
    const method = await api.request('DELETE', '/v1/agreements', { headers: { 'if-match': '*' } })
    expect(method.status).toBe(405)
    expect(method.json<Problem>().detail).toBe(
      '/v1/agreements takes GET, POST, HEAD, OPTIONS and not DELETE.',
    )
    const format = await api.post('/v1/agreements', 'title: A', { headers: { 'content-type': 'text/yaml' } })
    expect(format.status).toBe(415)
    expect(format.json<Problem>().detail).toBe(
      'The body must be application/json or application/x-ndjson, not text/yaml.',
    )
  })
})

/** What belongs inside the process: SQL, stacks, names of constraints, tables and files. */
const secrets = [
  /\b(select|insert into|update|delete from)\b.{0,80}\b(from|values|set|where)\b/is,
  /\bat (async )?[\w.<>]+ \(|node_modules|\.(ts|js|mjs):\d+|file:\/\/|\/(src|dist|home|root|usr|tmp)\//,
  /violates|constraint|relation "|column "|syntax error|invalid input syntax|SQLSTATE|pg_|drizzle|ZodError/,
  /_(fk|pk|check|known|form|filled|unique|once|pair|range|valid|subject|actor)\b/,
]

describe('whatever is asked', () => {
  const evil = fc.oneof(
    fc.constantFrom(
      "'; drop table agreements; --",
      "' or '1'='1",
      '$1',
      '\\',
      '%',
      '\u0000',
      'a\u0000b',
      '\uffff',
      '\u202e',
      '💥',
      '__proto__',
      'constructor',
      'NaN',
      'Infinity',
      '-1',
      '1e400',
      '99999999999999999999',
      '2011-13',
      '9999999-01',
      'Y170000002',
      '-0000',
      '/..',
      '{"a":1}',
      '((((',
      '"unfinished',
      'a'.repeat(3000),
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ maxLength: 20 }),
  )
  const resource = fc.constantFrom(...resources)
  const operator = fc.constantFrom(
    '',
    '',
    '[gte]',
    '[ne]',
    '[lt]',
    '[certainlyGt]',
    '[]',
    '[x]',
    '[__proto__]',
  )

  const question = resource.chain(({ name, filters, dimensions }) => {
    const start = [`/v1/${name}?`, `/v1/${name}/aggregate?groupBy=${Object.keys(dimensions)[0]}&`]
    return fc
      .tuple(
        fc.constantFrom(...start),
        fc.array(
          fc.tuple(
            fc.oneof(
              fc.constantFrom(
                ...Object.keys(filters),
                'sort',
                'limit',
                'cursor',
                'fields',
                'include',
                'count',
                'groupBy',
                'measures',
                'having',
              ),
              evil,
            ),
            operator,
            evil,
          ),
          { minLength: 1, maxLength: 3 },
        ),
      )
      .map(([path, parameters]) => {
        const search = parameters.map(
          ([parameter, bracket, value]) =>
            `${encodeURIComponent(wellFormed(parameter))}${bracket}=${encodeURIComponent(wellFormed(value))}`,
        )
        return { method: 'GET', path: `${path}${search.join('&')}`, options: {} }
      })
  })
  const reading = fc.tuple(resource, evil).map(([{ name }, key]) => ({
    method: 'GET',
    path: `/v1/${name}/${encodeURIComponent(wellFormed(key)).replaceAll('.', '%2E')}`,
    options: {},
  }))

  const value: fc.Arbitrary<unknown> = fc.oneof(
    evil,
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(nobody, 'PAK', 'energy', 'other', '2011-04', -1, 1e300, [], {}, null),
  )
  const document = resource.chain((own) => {
    const { externalIds, ...example } = own.example
    return fc
      .dictionary(fc.oneof(fc.constantFrom(...Object.keys(own.document.shape)), evil), value, { maxKeys: 3 })
      .map((change) => ({ name: own.name, body: { ...example, ...change } }))
  })
  const writing = fc
    .tuple(document, fc.constantFrom('POST', 'PUT', 'PATCH'))
    .map(([{ name, body }, method]) => ({
      method,
      path: method === 'POST' ? `/v1/${name}` : `/v1/${name}/{key}`,
      options: { body, headers: { 'if-match': '*' } },
    }))
  const raw = fc
    .tuple(
      resource,
      fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.constantFrom('{', '[]', '"a"', 'null', '[[[[', '{"a":1}}', '1e999'),
      ),
      fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-16', 'a/b/c', '\t'),
    )
    .map(([{ name }, body, type]) => ({
      method: 'POST',
      path: `/v1/${name}`,
      options: { body, headers: { 'content-type': type } },
    }))
  const headers = fc
    .tuple(resource, fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), fc.nat(4))
    .map(([{ name }, text, at]) => {
      const header = ['if-match', 'if-none-match', 'accept', 'authorization', 'content-encoding'][at] ?? ''
      return { method: 'GET', path: `/v1/${name}?limit=1`, options: { headers: { [header]: text } } }
    })

  /** Text that can be percent-encoded: a URL cannot carry half of a surrogate pair. */
  function wellFormed(text: string): string {
    return text.toWellFormed()
  }

  /** Keys of records that may be changed at will; a resource whose example needs others has none. */
  const keys = new Map([
    ['regions', '901'],
    ['countries', 'ZZC'],
    ['topics', 'changed-at-will'],
  ])
  beforeAll(async () => {
    await api.post('/v1/regions', { code: '901', name: 'A group', kind: 'group' })
    await api.post('/v1/countries', { code: 'ZZC', alpha2: 'ZC', name: 'A country' })
    await api.post('/v1/topics', { slug: 'changed-at-will', name: 'A topic', scheme: 'domain' })
    for (const { name, key, example } of resources.filter((own) => own.key.madeBy === 'registry')) {
      const { externalIds, ...body } = example
      const answer = await api.post(`/v1/${name}`, body)
      keys.set(name, answer.status === 201 ? String(answer.json()[key.property]) : nobody)
    }
  })

  /** The path with the key of a record that may be changed in the place of `{key}`. */
  const resolved = (path: string) =>
    path.replace(/([\w-]+)\/\{key\}$/, (_all, name) => `${name}/${keys.get(name)}`)

  function expectGraceful(answer: HttpAnswer, hint: string) {
    expect(answer.status, `${hint} → ${answer.text.slice(0, 500)}`).toBeLessThan(500)
    if (answer.status < 400) return
    const { detail, errors = [] } = answer.json<Problem>()
    const words = [detail, ...errors.map(({ message }) => message)].join('\n')
    // What was sent may be repeated, so only what the service adds is looked at.
    const own = words.replaceAll(/"[^\n]*"/g, '""')
    for (const secret of secrets) expect(own, hint).not.toMatch(secret)
  }

  it(
    'the answer is good or says what is wrong with the request, and nothing of what is inside the service',
    slow,
    async () => {
      const anything = fc.oneof(
        { weight: 3, arbitrary: question },
        { weight: 1, arbitrary: reading },
        { weight: 3, arbitrary: writing },
        { weight: 1, arbitrary: raw },
        { weight: 1, arbitrary: headers },
      )
      await fc.assert(
        fc.asyncProperty(anything, async ({ method, path, options }) => {
          const sent: RequestOptions = options
          const answer = await api.request(method, resolved(path), sent)
          expectGraceful(answer, `${method} ${path} ${JSON.stringify(sent)}`)
        }),
        { numRuns: 150 },
      )
    },
  )

  it('also where the database itself refuses: its words stay inside', async () => {
    const refused: [string, string, RequestOptions][] = [
      ['POST', '/v1/countries', { body: { code: 'PAK', alpha2: 'ZY', name: 'Pakistan' } }],
      ['POST', '/v1/countries', { body: { code: 'ZZB', alpha2: 'ZY', name: 'Z', region: '998' } }],
      ['POST', '/v1/topics', { body: { slug: 'x', name: 'X', scheme: 'ford', code: '1.1' } }],
      ['DELETE', '/v1/countries/PAK', { headers: { 'if-match': '*' } }],
      ['DELETE', '/v1/regions/001', { headers: { 'if-match': '*' } }],
      ['DELETE', '/v1/topics/energy', { headers: { 'if-match': '*' } }],
      ['PATCH', '/v1/regions/142', { body: { parent: '030' }, headers: { 'if-match': '*' } }],
      ['POST', '/v1/assistance-programs', { body: { title: 'A', modality: 'other', crsPurpose: '00000' } }],
    ]
    for (const [method, path, options] of refused) {
      const answer = await api.request(method, path, options)
      expect(answer.status, `${method} ${path}`).toSatisfy((status: number) => [409, 422].includes(status))
      expectGraceful(answer, `${method} ${path}`)
      expect(answer.json<Problem>().errors?.length, `${method} ${path}`).toBeGreaterThan(0)
    }
  })
})
