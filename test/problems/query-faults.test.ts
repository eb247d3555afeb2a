import { describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { type ProblemBody, unusedId } from '../support/documents.ts'

const api = await sharedApi()

describe('a refused read', () => {
  it.each<[request: string, parameter: string, code: string, message: RegExp]>([
    ['/v1/agreements?stauts=signed', 'stauts', 'unknown', /"stauts".*did you mean "status"\?/],
    ['/v1/agreements?signed_on=2011', 'signed_on', 'unknown', /"signed_on".*did you mean "signedOn"\?/],
    ['/v1/agreements?xyzzy=1', 'xyzzy', 'unknown', /"xyzzy"(?!.*did you mean)/],
    ['/v1/agreements?signedOn__gte=2011', 'signedOn__gte', 'unknown', /did you mean "signedOn\[gte\]"\?/],
    ['/v1/agreements?signdOn_gte=2011', 'signdOn_gte', 'unknown', /did you mean "signedOn\[gte\]"\?/],
    ['/v1/agreements?signed_on[gte]=2011', 'signed_on[gte]', 'unknown', /did you mean "signedOn\[gte\]"\?/],
    ['/v1/agreements?signedOn>=2011', 'signedOn>', 'unknown', /did you mean "signedOn\[gte\]"\?/],
    ['/v1/agreements?signedOn<2011', 'signedOn<2011', 'unknown', /did you mean "signedOn\[lt\]"\?/],
    ['/v1/agreements?status!=signed', 'status!', 'unknown', /did you mean "status\[ne\]"\?/],
    ['/v1/agreements?q[contains]=x', 'q[contains]', 'unknown', /^"q" takes no operator in brackets$/],
    ['/v1/agreements?status[nin]=signed', 'status[nin]', 'unknown', /"nin"; did you mean "ne"\?$/],
    [
      '/v1/agreements?title[not_in]=x',
      'title[not_in]',
      'unknown',
      /"not_in": send \{"where":\{"not":\{"title":\{"in":\[…\]\}\}\}\} to POST /,
    ],
    [
      '/v1/agreements?topic[nin]=ocean',
      'topic[nin]',
      'unknown',
      /"nin": send \{"where":\{"not":\{"topic":\{"in":\[…\]\}\}\}\} to POST \/v1\/agreements\/search$/,
    ],
    ['/v1/agreements?updatedAt[nin]=x', 'updatedAt[nin]', 'unknown', /"nin"; it can be "gt", "gte", /],
    ['/v1/agreements?year=2011', 'year', 'unknown', /did you mean "happenedIn"\?/],
    ['/v1/agreements?from=2011', 'from', 'unknown', /did you mean "happenedIn"\?/],
    ['/v1/agreements?parties.country=PAK', 'parties.country', 'unknown', /did you mean "country"\?/],
    ['/v1/agreements?countries=PAK', 'countries', 'unknown', /did you mean "country"\?/],
    ['/v1/agreements?$top=5', '$top', 'unknown', /did you mean "limit"\?/],
    ['/v1/network?min=3', 'min', 'unknown', /did you mean "minimum"\?/],
    ['/v1/changes?since=2026-01-31', 'since', 'unknown', /did you mean "after"\?/],
    ['/v1/changes?after=2026-01-31', 'after', 'wrong_format', /since a time, filter a list by updatedAt$/],
    ['/v1/search?q=car&text=car', 'text', 'unknown', /did you mean "q"\?/],
    ['/v1/agreements?format=csv', 'format', 'unknown', /here; GET \/v1\/agreements\/export has it$/],
    ['/v1/agreements?groupBy=country', 'groupBy', 'unknown', /here; GET \/v1\/agreements\/aggregate has it$/],
    [
      '/v1/agreements/export?format=csv&count=exact',
      'count',
      'unknown',
      /here; GET \/v1\/agreements has it$/,
    ],
    ['/v1/changes/stream?country=PAK', 'country', 'unknown', /here; GET \/v1\/changes has it$/],
    ['/v1/agreements?filter[signedOn]=2011', 'filter[signedOn]', 'unknown', /did you mean "signedOn"\?/],
    ['/v1/agreements?page[size]=10', 'page[size]', 'unknown', /did you mean "limit"\?/],
    ['/v1/agreements?page[number]=2', 'page[number]', 'unknown', /did you mean "cursor"\?/],
    ['/v1/agreements?constructor=1', 'constructor', 'unknown', /"constructor"(?!.*did you mean)/],
    ['/v1/agreements?status=inforce', 'status', 'unknown_value', /"inforce".*did you mean "in_force"\?/],
    [
      '/v1/agreements?level=high',
      'level',
      'unknown_value',
      /"high".*"intergovernmental", "interagency", "institutional"/,
    ],
    [
      '/v1/agreements?status=signed,expierd',
      'status',
      'unknown_value',
      /"expierd".*did you mean "expired"\?/,
    ],
    ['/v1/agreements?status=', 'status', 'unknown_value', /"".*"negotiating", "signed".*"superseded"/],
    [
      '/v1/agreements?country=PK',
      'country',
      'wrong_format',
      /ISO 3166-1 alpha-3.*PAK; find it with \/v1\/search\?q=PK&resource=countries$/,
    ],
    ['/v1/agreements?country=CHN PAK', 'country', 'wrong_format', /did you mean "country=CHN,PAK"\?/],
    ['/v1/agreements?country=CHN, PAK', 'country', 'wrong_format', /did you mean "PAK"\?/],
    [
      '/v1/agreements?country=CHN:party',
      'country',
      'wrong_format',
      /did you mean "country\[all\]=CHN:party"\?/,
    ],
    ['/v1/figures?indicator=partner countries', 'indicator', 'wrong_format', /snake_case, such as \S+$/],
    ['/v1/agreements?region=2', 'region', 'wrong_format', /did you mean "002"\?/],
    [
      '/v1/agreements?organization=UNEP',
      'organization',
      'wrong_format',
      /UUID.*; find it with \/v1\/search\?q=UNEP&resource=organizations$/,
    ],
    [
      '/v1/citations?source=Yearbook',
      'source',
      'wrong_format',
      /find it with \/v1\/search\?q=Yearbook&resource=sources$/,
    ],
    ['/v1/agreements?country=pak', 'country', 'wrong_format', /did you mean "PAK"\?/],
    [
      '/v1/cooperation-bases?hostCountry=China',
      'hostCountry',
      'wrong_format',
      /such as PAK; find it with \/v1\/search\?q=China&resource=countries$/,
    ],
    [
      '/v1/organizations?country=China',
      'country',
      'wrong_format',
      /PAK; find it with \/v1\/search\?q=China&/,
    ],
    ['/v1/agreements?region=Africa', 'region', 'wrong_format', /M49.*142/],
    [
      '/v1/agreements?topic=Electric+Vehicles',
      'topic',
      'wrong_format',
      /find it with \/v1\/search\?q=Electric%20Vehicles&resource=topics$/,
    ],
    [
      '/v1/agreements?topic=+ELECTRIC_vehicles',
      'topic',
      'wrong_format',
      /did you mean "electric-vehicles"\?/,
    ],
    [
      '/v1/agreements?topic=electric+cars',
      'topic',
      'wrong_format',
      /find it with \/v1\/search\?q=electric%20cars&resource=topics$/,
    ],
    ['/v1/citations?record=+oil', 'record', 'wrong_format', /did you mean "oil"\?/],
    ['/v1/citations?record=Pak', 'record', 'wrong_format', /did you mean "PAK"\?/],
    [
      '/v1/agreements?topic=Electric+cars!',
      'topic',
      'wrong_format',
      /slug.*electric-vehicles; find it with \/v1\/search\?q=Electric%20cars!&resource=topics$/,
    ],
    [
      '/v1/agreements?topic=核聚变',
      'topic',
      'wrong_format',
      /find it with \/v1\/search\?q=%E6%A0%B8%E8%81%9A%E5%8F%98&resource=topics$/,
    ],
    ['/v1/agreements?sort=signedOn+desc', 'sort', 'unknown_value', /did you mean "-signedOn"\?/],
    ['/v1/agreements?sort=signed_on.desc', 'sort', 'unknown_value', /did you mean "-signedOn"\?/],
    ['/v1/agreements?sort=-signed_on', 'sort', 'unknown_value', /did you mean "-signedOn"\?/],
    [
      '/v1/agreements?sort=signedOn,desc',
      'sort',
      'unknown_value',
      /"desc" is not a sort key: write "-" before/,
    ],
    ['/v1/agreements?sort=title:ASC', 'sort', 'unknown_value', /did you mean "title"\?/],
    ['/v1/agreements?organization=MOST', 'organization', 'wrong_format', /UUID/],
    ['/v1/agreements?externalId=F01', 'externalId', 'wrong_format', /scheme:id/],
    ['/v1/agreements?signedOn=April+2011', 'signedOn', 'invalid_date', /"April 2011".*write 2011-04$/],
    ['/v1/agreements?signedOn=Sept+2011', 'signedOn', 'invalid_date', /"Sept 2011".*write 2011-09$/],
    ['/v1/agreements?signedOn=before+2011', 'signedOn', 'invalid_date', /write \.\.\/2010$/],
    ['/v1/agreements?signedOn=after+2009', 'signedOn', 'invalid_date', /write 2010\/\.\.$/],
    ['/v1/agreements?signedOn=soon', 'signedOn', 'invalid_date', /four digits.*at character 1\)/],
    [
      '/v1/agreements?signedOn[gte]=2011-02-30',
      'signedOn[gte]',
      'invalid_date',
      /"2011-02-30".*28 days.*at character 9/,
    ],
    [
      '/v1/agreements?signedOn[after]=2011',
      'signedOn[after]',
      'unknown',
      /"after".*"gt", "gte", "lt", "lte"/,
    ],
    ['/v1/agreements?signedOn[ge]=2011', 'signedOn[ge]', 'unknown', /did you mean "gte"\?/],
    [
      '/v1/agreements?signedOn[in]=2011',
      'signedOn[in]',
      'unknown',
      /send it to POST \/v1\/agreements\/search$/,
    ],
    [
      '/v1/agreements?country[any]=PAK,CHN',
      'country[any]',
      'unknown',
      /"any": write several values as country=…,…$/,
    ],
    ['/v1/agreements?status[in]=signed', 'status[in]', 'unknown', /write several values as status=…,…$/],
    [
      '/v1/agreements?title[starts_with]=a',
      'title[starts_with]',
      'unknown',
      /"startsWith" in a URL: send it to POST/,
    ],
    [
      '/v1/agreements?updatedAt=2026-01-31',
      'updatedAt',
      'unknown',
      /needs an operator; .*"updatedAt\[gte\]"/,
    ],
    ['/v1/agreements?signedOn=>=2011', 'signedOn', 'invalid_date', /did you mean "signedOn\[gte\]=2011"\?/],
    ['/v1/agreements?signedOn=gte.2011', 'signedOn', 'invalid_date', /did you mean "signedOn\[gte\]=2011"\?/],
    [
      '/v1/agreements?status=ne:signed',
      'status',
      'unknown_value',
      /known; did you mean "status\[ne\]=signed"\?/,
    ],
    ['/v1/citations?record=CHN PAK', 'record', 'wrong_format', /; did you mean "record=CHN,PAK"\?$/],
    [
      '/v1/agreements?status=signed;expired',
      'status',
      'unknown_value',
      /known; did you mean "status=signed,expired"\?/,
    ],
    ['/v1/agreements?signedOn[Gte]=2011', 'signedOn[Gte]', 'unknown', /"Gte".*did you mean "gte"\?/],
    ['/v1/agreements?q[gte]=energy', 'q[gte]', 'unknown', /"q"/],
    [
      '/v1/agreements?country[gte]=PAK',
      'country[gte]',
      'unknown',
      /"gte".*"all", "otherThan", "isNull", "noneAs"/,
    ],
    [
      '/v1/agreements?country[all]=PAK:observr',
      'country[all]',
      'unknown_value',
      /"observr".*did you mean "observer"\?/,
    ],
    ['/v1/agreements?signedOn[year]=2011-04', 'signedOn[year]', 'invalid', /2011.*"unknown"/],
    ['/v1/agreements?signedOn[gte][lte]=2011', 'signedOn[gte][lte]', 'unknown', /name\[operator\]=value/],
    ['/v1/agreements?signedOn=2011&signedOn=2012', 'signedOn', 'repeated', /2/],
    ['/v1/agreements?createdAt[gte]=yesterday', 'createdAt[gte]', 'wrong_format', /RFC 3339/],
    [
      '/v1/agreements?updatedAt[gte]=2026-01-31T00:00:00%2B16:00',
      'updatedAt[gte]',
      'invalid',
      /offset from UTC of less than 16 hours/,
    ],
    ['/v1/agreements?asOf=2026-01-31T00:00:00-23:59', 'asOf', 'invalid', /less than 16 hours/],
    [
      '/v1/agreements?asOf=2026-01-31T09:30:00+01:00',
      'asOf',
      'wrong_format',
      /space before its offset.*%2B in a URL/,
    ],
    ['/v1/agreements?updatedAt[gte]=2026-01-31 09:30', 'updatedAt[gte]', 'wrong_format', /RFC 3339/],
    ['/v1/projects?amount[gte]=1,234,567,890,123,456', 'amount[gte]', 'repeated', /one value, not 6/],
    ['/v1/projects?amount[gte]=12,000,000', 'amount[gte]', 'wrong_format', /; did you mean "12000000"\?/],
    ['/v1/cooperation-bases?unitCount=1,000', 'unitCount', 'wrong_format', /; did you mean "1000"\?/],
    ['/v1/projects?amount=1e', 'amount', 'wrong_format', /decimal digits/],
    ['/v1/projects?amount=1234567890123456', 'amount', 'invalid', /at most 15 digits/],
    ['/v1/agreements?sort=-signdOn', 'sort', 'unknown_value', /"-signdOn".*did you mean "-signedOn"\?/],
    ['/v1/agreements?sort=title,-title', 'sort', 'repeated', /"title"/],
    ['/v1/agreements?fields=titel', 'fields', 'unknown_value', /"titel".*did you mean "title"\?/],
    ['/v1/assistance-programs?fields=kind', 'fields', 'unknown_value', /"kind" is not known; .*"title"/],
    [
      '/v1/agreements/aggregate?groupBy=year',
      'groupBy',
      'unknown_value',
      /"year" is not known; did you mean "adoptedYear", "signedYear",.* or "terminatedYear"\?$/,
    ],
    [
      '/v1/agreements/aggregate?groupBy=signedOn',
      'groupBy',
      'unknown_value',
      /did you mean "signedYear", "signedDecade" or "signedMonth"\?$/,
    ],
    ['/v1/agreements/aggregate?groupBy=countries', 'groupBy', 'unknown_value', /did you mean "country"\?/],
    [
      '/v1/projects/aggregate?groupBy=amountKind&measures=amount',
      'measures',
      'unknown_value',
      /did you mean "sum:amount", "avg:amount", "min:amount" or "max:amount"\?$/,
    ],
    ['/v1/agreements?include=citation', 'include', 'unknown_value', /"citation".*did you mean "citations"\?/],
    ['/v1/agreements?count=all', 'count', 'unknown_value', /"all".*"exact", "estimated"/],
    ['/v1/agreements?cursor=abc', 'cursor', 'invalid', /./],
    ['/v1/agreements/F01', 'id', 'wrong_format', /UUID/],
    ['/v1/projects?amountCurrecny=USD', 'amountCurrecny', 'unknown', /did you mean "amountCurrency"\?/],
    ['/v1/agreements?source[in]=a,b', 'source[in]', 'unknown', /write several values as source=…,…/],
    [
      '/v1/agreements?country=PAK;IND',
      'country',
      'wrong_format',
      /such as PAK; did you mean "country=PAK,IND"\?$/,
    ],
    ['/v1/agreements?signedOn=decade.2010', 'signedOn', 'invalid_date', /\(at character 1\)$/],
    [
      '/v1/agreements?signedOn=decade.201X',
      'signedOn',
      'invalid_date',
      /did you mean "signedOn\[decade\]=201X"\?/,
    ],
    ['/v1/countries/PK', 'code', 'wrong_format', /ISO 3166-1 alpha-3.*PAK$/],
    ['/v1/countries/pak', 'code', 'wrong_format', /did you mean "PAK"\?/],
    [`/v1/agreements/${unusedId.toUpperCase()}`, 'id', 'wrong_format', /UUID in lower case/],
  ])('%s names the parameter and explains the fault', async (request, parameter, code, message) => {
    const response = await api.get(request)
    expect(response.status).toBe(400)
    const { errors } = response.json<ProblemBody>()
    expect(errors).toEqual([{ parameter, code, message: expect.stringMatching(message) }])
  })

  it.each([
    ['countries/CN', 'such as PAK; find it with /v1/search?q=CN&resource=countries.'],
    ['countries/China/briefing', 'such as PAK; find it with /v1/search?q=China&resource=countries.'],
    ['organizations/CNSA', '; find it with /v1/search?q=CNSA&resource=organizations.'],
    ['countries/chn', 'such as PAK; did you mean "CHN"?'],
    ['agreements/serach', '; did you mean /v1/agreements/search?'],
  ])('of the path %s says what was probably meant, or how to find it', async (path, end) => {
    const { detail } = (await api.get(`/v1/${path}`)).json<ProblemBody>()
    expect(detail?.slice(-end.length)).toBe(end)
  })

  it.each([
    ['0', 'too_small', 1],
    ['-1', 'too_small', 1],
    ['201', 'too_big', 200],
  ])('limit=%s returns the limit that the number violates', async (value, code, limit) => {
    const { errors } = (await api.get(`/v1/agreements?limit=${value}`)).json<ProblemBody>()
    const message = 'must be a whole number from 1 to 200'
    expect(errors).toEqual([{ parameter: 'limit', code, message, limit }])
  })

  it('of a version that cannot exist states the range of versions', async () => {
    const message = 'must be a whole number from 1 to 2147483647'
    for (const version of ['0', '01', '2147483648', '99999999999', '9'.repeat(400)]) {
      const { errors } = (await api.get(`/v1/countries/PAK/history/${version}`)).json<ProblemBody>()
      expect(errors, version).toMatchObject([{ parameter: 'version', message }])
    }
  })

  it('reports the faults of all parameters in one response', async () => {
    const response = await api.get('/v1/agreements?stauts=signed&country=pk&limit=x&signedOn[gte]=2011-13')
    const { errors, detail } = response.json<ProblemBody>()
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['stauts', 'country', 'limit', 'signedOn[gte]'])
    for (const { parameter } of errors ?? []) expect(detail).toContain(`"${parameter}"`)
  })

  it.each([
    ['/v1/countries/PAK/history/0', 'Invalid parameters: "version".'],
    ['/v1/countries?limit=0', 'Invalid parameters: "limit".'],
  ])('%s does not say where the parameter is, since it may be in the path', async (path, detail) => {
    expect((await api.get(path)).json<ProblemBody>().detail).toBe(detail)
  })

  it('with a cursor of another query states this reason', async () => {
    const { page } = (await api.get('/v1/agreements?limit=1')).json<{ page: { next: string } }>()
    const response = await api.get(`/v1/agreements?limit=1&status=signed&cursor=${page.next}`)
    expect(response.status).toBe(400)
    expect(response.json<ProblemBody>()).toMatchObject({
      type: '/problems/invalid-cursor',
      errors: [
        { parameter: 'cursor', message: expect.stringContaining('with the same filters, sort and asOf') },
      ],
    })
  })

  it.each([
    ['a search for a NUL character', '/v1/agreements?q=a%00b', 'q'],
    ['a pointer with a NUL character', '/v1/citations?property=%2F%00', 'property'],
    ['an acronym that is a NUL character', '/v1/organizations?acronym=%00', 'acronym'],
    ['the year 0', '/v1/agreements?createdAt[gte]=0000-01-01', 'createdAt[gte]'],
    [
      'a time before the year 1',
      '/v1/agreements?createdAt[gte]=0001-01-01T00:00:00%2B14:00',
      'createdAt[gte]',
    ],
    ['a key of 6000 characters', `/v1/agreements/${'a'.repeat(6000)}`, 'id'],
  ])('with a value that no record can have names the parameter: %s', async (_what, path, parameter) => {
    expect((await api.get(path)).json()).toMatchObject({ status: 400, errors: [{ parameter }] })
  })

  it('with a lone surrogate is malformed', async () => {
    const { status, type } = (await api.get('/v1/agreements?q=%ed%a0%80')).json<ProblemBody>()
    expect({ status, type }).toEqual({ status: 400, type: '/problems/malformed-request' })
  })

  it.each([
    ['/v1/agreement', /\/v1\/agreement\b.*did you mean \/v1\/agreements\?/],
    ['/v1/programs', /did you mean \/v1\/assistance-programs\?/],
    ['/v1/bases/aggregate', /did you mean \/v1\/cooperation-bases\/aggregate\?/],
    ['/v1/countries/PAK/networks', /did you mean \/v1\/countries\/PAK\/network\?/],
    [`/v1/agreements/${unusedId}/histroy`, new RegExp(`did you mean /v1/agreements/${unusedId}/history\\?`)],
    ['/v1/countries/PAK/programs', /programs\. \/docs lists all operations/],
    ['/api/agreements', /did you mean \/v1\/agreements\?/],
    ['/v1/health', /did you mean \/healthz\?/],
    ['/v1/nothing-like-it', /\/v1\/nothing-like-it.*\/docs/],
    [`/v1/agreements/${unusedId}`, new RegExp(`agreement ${unusedId}`)],
    ['/v1/countries/XXX', /country XXX/],
    ['/v1/topics/no-such-topic', /topic no-such-topic/],
  ])('of an unknown path or key is a 404 with the path, key or suggestion: %s', async (path, detail) => {
    const response = await api.get(path)
    expect(response.status).toBe(404)
    expect(response.json<ProblemBody>().detail).toMatch(detail)
  })
})

it('a read accepts a timestamp in lower case, as RFC 3339 does', async () => {
  for (const parameter of ['createdAt[gte]', 'asOf'])
    expect((await api.get(`/v1/topics?${parameter}=2011-01-31t09:30:00.5z`)).status).toBe(200)
})
