import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, openApi } from '../support/api.ts'
import { type Refusal, unusedId } from '../support/documents.ts'

let api: Api
beforeAll(async () => {
  api = await openApi()
})
afterAll(() => api.close())

describe('a request with a wrong parameter is refused with its name, the fault and the nearest match', () => {
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
      `/v1/agreements/${unusedId.toUpperCase()}`,
      'id',
      'wrong_format',
      'must be a UUID in lower case, such as 01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
    ],
  ])('%s', async (question, parameter, code, message) => {
    const answer = await api.get(question)
    expect(answer.status).toBe(400)
    const { detail, errors } = answer.json<Refusal>()
    expect(errors).toEqual([{ parameter, code, message }])
    expect(detail).toMatch(/\.$/)
  })

  it('with all faults at once', async () => {
    const answer = await api.get('/v1/agreements?stauts=signed&country=pk&limit=x&signedOn[gte]=2011-13')
    const { errors, detail } = answer.json<Refusal>()
    expect(errors?.map(({ parameter }) => parameter)).toEqual(['stauts', 'country', 'limit', 'signedOn[gte]'])
    expect(detail).toBe(
      'The query cannot be answered as it is, because of "stauts", "country", "limit", "signedOn[gte]".',
    )
  })

  it('a cursor of another query is refused as one', async () => {
    const { page } = (await api.get('/v1/agreements?limit=1')).json<{ page: { next: string } }>()
    const answer = await api.get(`/v1/agreements?limit=1&status=signed&cursor=${page.next}`)
    expect(answer.status).toBe(400)
    expect(answer.json<Refusal>()).toMatchObject({
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
  ])('a value that no column can hold is a fault of the request: %s', async (_what, question) => {
    const { status, type } = (await api.get(question)).json<Refusal>()
    expect({ status, type }).toEqual({
      status: expect.toSatisfy((code: number) => [400, 404, 414].includes(code)),
      type: expect.stringMatching(/malformed-request|invalid-parameter|not-found|uri-too-long/),
    })
  })

  it.each([
    ['/v1/agreement', 'There is nothing at /v1/agreement; did you mean /v1/agreements?'],
    ['/v1/nothing-like-it', 'There is nothing at /v1/nothing-like-it. /docs shows what there is.'],
    [`/v1/agreements/${unusedId}`, `There is no agreement ${unusedId}.`],
    ['/v1/countries/XXX', 'There is no country XXX.'],
    ['/v1/topics/no-such-topic', 'There is no topic no-such-topic.'],
  ])('an unknown path or key returns 404: %s', async (question, detail) => {
    const answer = await api.get(question)
    expect(answer.status).toBe(404)
    expect(answer.json<Refusal>().detail).toBe(detail)
  })
})
