import { describe, expect, it, onTestFinished } from 'vitest'
import { adminKey, openTestApp } from '../support/app.ts'
import { measureProcessorTimeMs } from '../support/processor-time.ts'
import { useOpened } from '../support/use-opened.ts'

/** What restricts the matches of queries to the reconciliation service, and which requests it refuses. */

const test = useOpened(openTestApp)

interface Candidate {
  id: string
  match: boolean
}

const post = (queries: string) =>
  test.app.inject({
    method: 'POST',
    url: '/reconcile',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ queries }).toString(),
  })

/** Sends queries. @returns the candidates of each query, by its id. */
async function reconcile(queries: string | object): Promise<Record<string, Candidate[]>> {
  const response = await post(typeof queries === 'string' ? queries : JSON.stringify(queries))
  expect(response.statusCode, response.payload).toBe(200)
  const results = response.json<Record<string, { result: Candidate[] }>>()
  return Object.fromEntries(Object.entries(results).map(([id, { result }]) => [id, result]))
}

/** Returns the properties of a query. */
const properties = (values: Record<string, unknown>) => Object.entries(values).map(([pid, v]) => ({ pid, v }))

/** Creates an organization of China that only one test uses. */
async function addOrganization(name: string, values: object = {}): Promise<void> {
  const response = await test.app.inject({
    method: 'POST',
    url: '/v1/organizations',
    headers: { authorization: `Bearer ${adminKey}` },
    payload: { name, kind: 'academic', country: 'CHN', ...values },
  })
  expect(response.statusCode, response.payload).toBe(201)
}

describe('a query of the reconciliation service', () => {
  it('has candidates but no match if its country is unknown, ambiguous or a different one', async () => {
    await addOrganization('Academy of Restrictions')
    for (const country of ['Korea', 'Congo', 'Atlantis', 'Pakistan', 'ZZZ']) {
      const query = { query: 'Academy of Restrictions', type: 'organizations' }
      const { q } = await reconcile({ q: { ...query, properties: properties({ country }) } })
      expect(q, country).toMatchObject([{ match: false }])
    }
  })

  it('reads its country as on its date, since names and codes have had different meanings', async () => {
    const name = 'Station of Dated Countries'
    for (const country of ['GEL', 'GEO', 'MMR']) await addOrganization(name, { country })
    const dated = (country: string, on: string) => ({
      query: name,
      type: 'organizations',
      properties: properties({ country, on }),
    })
    const found = await reconcile({
      before: dated('GE', '1975'),
      after: dated('GE', '2005'),
      burma: dated('Burma', '2005'),
    })
    const matched = Object.values(found).map((result) => result.filter(({ match }) => match).length)
    expect(matched).toEqual([1, 1, 1])
    const idOf = (result: Candidate[] = []) => result.find(({ match }) => match)?.id.split(':')[1]
    const countries = [found.before, found.after, found.burma].map(async (result) => {
      const { json } = await test.app.inject({ url: `/v1/organizations/${idOf(result)}` })
      return json<{ country: string }>().country
    })
    expect(await Promise.all(countries)).toEqual(['GEL', 'GEO', 'MMR'])
  })

  it('without a type has no match if it is resolved in one type and ambiguous in another', async () => {
    const { america, americas } = await reconcile({
      america: { query: 'America' },
      americas: { query: 'America', type: 'regions' },
    })
    expect(america?.map(({ id, match }) => [id, match])).toEqual(
      expect.arrayContaining([
        ['countries:USA', false],
        ['regions:019', false],
      ]),
    )
    expect(americas).toMatchObject([{ id: 'regions:019', match: true }])
  })

  it('ignores blank values of properties, as if they were not sent', async () => {
    await addOrganization('Academy of Blanks')
    const found = await reconcile({
      blank: { query: 'China', type: 'countries', properties: properties({ alpha2: ' ' }) },
      none: { query: 'China', type: 'countries', properties: properties({ alpha2: null, alpha3: [] }) },
      code: { query: 'x', type: 'countries', properties: properties({ alpha2: '', alpha3: 'CHN' }) },
      ror: { query: 'Academy of Blanks', type: 'organizations', properties: properties({ ror: '' }) },
      country: {
        query: 'Academy of Blanks',
        type: 'organizations',
        properties: properties({ country: ['', 'China'] }),
      },
    })
    const { blank, none, code, ror, country } = found
    for (const result of [blank, none, code])
      expect(result).toMatchObject([{ id: 'countries:CHN', match: true }])
    for (const result of [ror, country]) expect(result).toMatchObject([{ match: true }])
  })

  it('uses the code that its type has, even if the query gives another code, too', async () => {
    const ror = 'https://ror.org/00xkeyz14'
    await addOrganization('Academy of Codes', { ror })
    const codes = properties({ alpha2: 'CN', ror })
    const found = await reconcile({
      organization: { query: 'x', type: 'organizations', properties: codes },
      country: { query: 'x', type: 'countries', properties: codes },
    })
    expect(found.organization).toMatchObject([{ match: true }])
    expect(found.country).toMatchObject([{ id: 'countries:CHN', match: true }])
  })

  it('has candidates but no match if its codes mean different countries, or one is unknown', async () => {
    const country = (codes: object) => ({ type: 'countries', properties: properties({ ...codes }) })
    const { same, different, unknown } = await reconcile({
      same: country({ alpha2: 'CN', alpha3: 'CHN', numeric: 156 }),
      different: country({ alpha2: 'CN', alpha3: 'USA' }),
      unknown: country({ alpha2: 'CN', numeric: '999' }),
    })
    expect(same).toMatchObject([{ id: 'countries:CHN', match: true }])
    expect(different).toMatchObject([
      { id: 'countries:CHN', match: false },
      { id: 'countries:USA', match: false },
    ])
    expect(unknown).toMatchObject([{ id: 'countries:CHN', match: false }])
  })

  it('has candidates but no match if the values of a property mean different countries or dates', async () => {
    await addOrganization('Academy of Several Values')
    const organization = (country: unknown) => ({
      query: 'Academy of Several Values',
      type: 'organizations',
      properties: properties({ country }),
    })
    const burma = (on: unknown) => ({ query: 'Burma', type: 'countries', properties: properties({ on }) })
    const found = await reconcile({
      codes: { type: 'countries', properties: properties({ alpha2: ['CN', 'US'] }) },
      countries: organization(['China', 'Germany']),
      unknown: organization(['China', 'Atlantis']),
      repeated: {
        type: 'countries',
        properties: [...properties({ alpha2: 'CN' }), ...properties({ alpha2: 'US' })],
      },
      dates: burma(['2005', '1950']),
      sameCodes: { type: 'countries', properties: properties({ alpha2: ['CN', 'cn'] }) },
      sameCountries: organization(['China', 'CHN', '']),
      sameDates: burma(['2005', '2005']),
    })
    const matches = Object.entries(found).map(([id, candidates]) => [
      id,
      candidates.some(({ match }) => match),
    ])
    expect(Object.fromEntries(matches)).toEqual({
      codes: false,
      countries: false,
      unknown: false,
      repeated: false,
      dates: false,
      sameCodes: true,
      sameCountries: true,
      sameDates: true,
    })
    expect(found.codes?.map(({ id }) => id)).toEqual(['countries:CHN', 'countries:USA'])
    expect(found.countries?.length).toBeGreaterThan(0)
  })

  it('is refused with more than 5,000 values of properties in its batch', async () => {
    const query = {
      query: 'China',
      properties: properties({ alpha2: Array.from({ length: 100 }, () => 'CN') }),
    }
    const batch = (size: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: size }, (_, id) => [id, query])))
    expect((await post(batch(50))).statusCode).toBe(200)
    const refused = await post(batch(51))
    expect(refused.statusCode).toBe(422)
    expect(refused.json()).toMatchObject({
      detail: 'The batch has 5100 values of properties; the limit is 5000: send fewer queries.',
    })
  })

  it('may have several codes in each query of the largest batch', async () => {
    const query = { query: 'China', properties: properties({ alpha2: 'CN', alpha3: 'CHN', numeric: '156' }) }
    const found = await reconcile(Object.fromEntries(Array.from({ length: 250 }, (_, id) => [id, query])))
    expect(found[249]).toMatchObject([{ id: 'countries:CHN', match: true }])
  })

  it('is looked up by its text if it has codes of other types only', async () => {
    const { topic } = await reconcile({
      topic: { query: 'Natural sciences', type: 'topics', properties: properties({ alpha2: 'CN' }) },
    })
    expect(topic).toMatchObject([{ match: true }])
  })

  it('matches a record once, even if its types are repeated', async () => {
    const { q } = await reconcile({ q: { query: 'China', type: ['countries', 'countries'] } })
    expect(q).toMatchObject([{ id: 'countries:CHN', match: true }])
  })

  it('is answered under its id, even if the id is __proto__', async () => {
    const found = await reconcile('{"__proto__":{"query":"China","type":"countries"}}')
    expect(Object.entries(found)).toMatchObject([['__proto__', [{ id: 'countries:CHN', match: true }]]])
  })

  it('may have the properties that are suggested; others and malformed values are refused', async () => {
    const suggested = await test.app.inject('/reconcile/suggest/property?prefix=r')
    const ids = suggested.json<{ result: { id: string }[] }>().result.map(({ id }) => id)
    expect(ids).toEqual(['country', 'numeric', 'ror'])
    await reconcile({ q: { query: 'China', properties: ids.map((pid) => ({ pid, v: 'x' })) } })
    const refused = await post(
      JSON.stringify({
        q: { query: 'China', properties: properties({ parent: 'x', on: undefined, country: [['China']] }) },
      }),
    )
    expect(refused.statusCode).toBe(422)
    expect(refused.json()).toMatchObject({
      errors: [
        {
          pointer: '/q/properties/0/pid',
          code: 'unknown_value',
          message: expect.stringContaining('"country", "on", "alpha2", "alpha3", "numeric", "ror"'),
        },
        { pointer: '/q/properties/1/v', message: expect.stringContaining('must be a text, a number') },
        { pointer: '/q/properties/2/v/0', message: expect.stringContaining('must be a text, a number') },
      ],
    })
  })
})

it('a request for suggestions of an unknown type is refused with the most similar type', async () => {
  for (const path of ['suggest/entity?prefix=China&type=country', 'extend/propose?type=country']) {
    const response = await test.app.inject(`/reconcile/${path}`)
    expect(response.statusCode, path).toBe(400)
    expect(response.json()).toMatchObject({
      detail: 'There is no type "country"; did you mean "countries"?',
    })
  }
  const blank = await test.app.inject('/reconcile/suggest/entity?prefix=China&type=')
  expect(blank.json<{ result: object[] }>().result[0]).toMatchObject({ id: 'countries:CHN' })
})

it('a cursor of suggestions that is too large, or no whole number in digits, is refused', async () => {
  const suggest = (cursor: string) =>
    test.app.inject(`/reconcile/suggest/type?prefix=a&cursor=${encodeURIComponent(cursor)}`)
  expect((await suggest('0')).statusCode).toBe(200)
  for (const cursor of ['', '0x10', '1e1', ' 1', '-1', '1.5', '99999'])
    expect((await suggest(cursor)).statusCode, cursor).toBe(400)
})

it('an extension by properties that no resource has is refused, and each of them is named', async () => {
  const ids = ['alpah2', 'region', 'names', 'constructor']
  const query = { ids: ['countries:PAK'], properties: ids.map((id) => ({ id })) }
  const response = await test.app.inject(`/reconcile?extend=${encodeURIComponent(JSON.stringify(query))}`)
  expect(response.statusCode, response.payload).toBe(422)
  const { errors } = response.json<{ errors: { pointer: string; message: string }[] }>()
  expect(errors.map(({ pointer }) => pointer)).toEqual([0, 2, 3].map((index) => `/properties/${index}/id`))
  expect(errors[0]?.message).toContain('"alpah2" is not known; did you mean "alpha2"?')
})

it('a request that would get the manifest, or only a part of what it asks for, is refused', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const refused = [
    [{ method: 'POST', payload: 'querys={}' }, 'queries', 'required'],
    [{ method: 'POST', payload: '' }, 'queries', 'required'],
    [{ method: 'POST', payload: 'queries={}&extend={}' }, 'extend', 'not_exactly_one'],
    [{ method: 'GET', query: 'query=China' }, 'query', 'unknown'],
  ] as const
  for (const [request, parameter, code] of refused) {
    const response = await test.app.inject({ url: '/reconcile', headers, ...request })
    expect(response.statusCode, JSON.stringify(request)).toBe(400)
    expect(response.json().errors).toMatchObject([{ parameter, code }])
  }
  // jQuery sends these for the manifest.
  const manifest = await test.app.inject('/reconcile?callback=jQuery1&_=1700000000000')
  expect(manifest.json()).toMatchObject({ versions: ['0.2'] })
})

it('a form of a million plus signs takes less than twice the time of one of letters', async () => {
  const timeMsOf = (sign: string) =>
    measureProcessorTimeMs(async () => {
      const response = await test.app.inject({
        method: 'POST',
        url: '/reconcile',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: `queries=${sign.repeat(1_000_000)}`,
      })
      expect(response.statusCode).toBe(400)
    })
  let [lettersMs, plusesMs] = [0, 0]
  for (let repetition = 0; repetition < 5; repetition += 1) {
    lettersMs += await timeMsOf('a')
    plusesMs += await timeMsOf('+')
  }
  expect(plusesMs).toBeLessThan(2 * lettersMs)
})

it('a plus sign in a form means a space, and an escaped one a plus sign', async () => {
  await addOrganization('Institute of C+ and Unicode 中')
  const query = encodeURIComponent(JSON.stringify({ q: { query: 'Institute of C+ and Unicode 中' } }))
  const response = await test.app.inject({
    method: 'POST',
    url: '/reconcile',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: `queries=${query.replaceAll('%20', '+')}`,
  })
  expect(response.json()).toMatchObject({ q: { result: [{ match: true }] } })
})

it('with TRUST_PROXY, the manifest has the Host header, and X-Forwarded-Host has no effect', async () => {
  const proxied = await openTestApp({ env: { TRUST_PROXY: '127.0.0.1' } })
  onTestFinished(() => proxied.close())
  const get = (headers: Record<string, string>, query = '') =>
    proxied.app.inject({ url: `/reconcile${query}`, headers: { host: 'registry.example', ...headers } })
  for (const [scheme, base] of [
    ['https', 'https://registry.example'],
    ['javascript', 'http://registry.example'],
  ] as const) {
    const manifest = await get({ 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': scheme })
    expect(manifest.json()).toMatchObject({ documentation: `${base}/docs` })
  }
  const query = `?queries=${encodeURIComponent('{"q":{"query":"China","type":"countries"}}')}`
  const found = await get({ 'x-forwarded-host': 'a_b/c' }, query)
  expect(found.json()).toMatchObject({ q: { result: [{ id: 'countries:CHN' }] } })
})
