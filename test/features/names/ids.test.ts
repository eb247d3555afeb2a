import { describe, expect, it } from 'vitest'
import type { NameQuery, Resolution } from '../../../src/features/names/index.ts'
import { useTestApi } from '../../support/api.ts'
import { create } from '../../support/labelled-records.ts'

const api = useTestApi()

/** Creates an organization with external ids. @returns its id. */
const createOrganization = (name: string, externalIds: object[], more: object = {}) =>
  create(api, 'organizations', { name, kind: 'academic', externalIds, ...more })

/** Resolves all queries in one request. */
async function resolve(queries: NameQuery[]): Promise<Resolution[]> {
  const response = await api.post('/v1/resolve', { queries }, { key: null })
  expect(response.status, response.text).toBe(200)
  return response.json<{ data: Resolution[] }>().data
}

/** Resolves ids in one request. @returns the key of each; undefined if it is not resolved. */
const keysOf = async (scheme: string, ids: string[]) =>
  (await resolve(ids.map((name) => ({ resource: 'organizations', name, scheme })))).map(
    ({ match }) => match?.key,
  )

describe('POST /v1/resolve by id', () => {
  it('finds a record by each of its ids of one scheme, and by each spelling, in one request', async () => {
    const scheme = 'several-ids'
    const one = await createOrganization('Institute of Several Ids', [
      { scheme, id: 'a1' },
      { scheme, id: 'a2' },
    ])
    const other = await createOrganization('Institute of Another Id', [{ scheme, id: 'b1' }])
    expect(await keysOf(scheme, ['a1', 'a2', 'A1', 'ａ１', ' a1 ', 'b1', 'a3'])).toEqual([
      one,
      one,
      one,
      one,
      one,
      other,
      undefined,
    ])
  })

  it('finds a record by both spellings of its ROR id in one request', async () => {
    const key = await createOrganization('Institute of a ROR Id', [], { ror: 'https://ror.org/00xkeyz12' })
    expect(await keysOf('ror', ['00xkeyz12', 'https://ror.org/00XKEYZ12', '00xkeyz13'])).toEqual([
      key,
      key,
      undefined,
    ])
  })

  it('looks an id up as it is, with the marks at its end', async () => {
    const scheme = 'marked-ids'
    const plain = await createOrganization('Institute of a Plain Id', [{ scheme, id: '12345' }])
    const marked = await createOrganization('Institute of a Marked Id', [{ scheme, id: '12345*' }])
    expect(await keysOf(scheme, ['12345(1)', '12345', '12345?', '12345*', '(12345)'])).toEqual([
      undefined,
      plain,
      undefined,
      marked,
      undefined,
    ])
  })

  it('gives the key as the name of a record without a title', async () => {
    const { data } = (await api.get('/v1/agreements?limit=1')).json<{ data: [{ id: string }] }>()
    const { data: sources } = (await api.get('/v1/sources?limit=1')).json<{ data: [{ id: string }] }>()
    const externalId = { scheme: 'untitled-ids', id: 'u1' }
    const citation = {
      source: sources[0].id,
      record: { resource: 'agreements', id: data[0].id },
      externalIds: [externalId],
    }
    const { id } = (await api.post('/v1/citations', citation)).json<{ id: string }>()
    const { scheme, id: name } = externalId
    const [resolution] = await resolve([{ resource: 'citations', name, scheme }])
    expect(resolution?.match).toMatchObject({ key: id, name: id })
  })

  it('gives the reason external-id, and proposes no records for an unknown id', async () => {
    const [scheme, name] = ['reasoned-ids', 'Institute of Reasons']
    const key = await createOrganization(name, [{ scheme, id: 'r1' }])
    const [known, unknown, named] = await resolve([
      { resource: 'organizations', name: 'r1', scheme },
      { resource: 'organizations', name, scheme },
      { resource: 'organizations', name },
    ])
    const match = { key, name, score: 1, reason: 'external-id' }
    expect(known).toEqual({ status: 'resolved', match, candidates: [match] })
    expect(unknown).toEqual({
      status: 'unresolved',
      candidates: [],
      detail: 'No record has this id in this scheme.',
    })
    expect(named?.match).toMatchObject({ key, reason: 'exact' })
  })
})

describe('POST /v1/resolve by code', () => {
  it('looks a code up as it is, with the marks at its end', async () => {
    const scheme = 'marked-codes'
    for (const [slug, code] of [
      ['plain-code', '4711'],
      ['marked-code', '4711*'],
      ['doubtful-code', '4712?'],
    ]) {
      const name = `Topic of the code ${slug}`
      const response = await api.post('/v1/topics', { slug, name, scheme, code })
      expect(response.status, response.text).toBe(201)
    }
    const codes = ['4711', '4711*', '4711(1)', '4712?']
    const resolved = await resolve(codes.map((name) => ({ resource: 'topics', name, scheme })))
    expect(resolved.map(({ match }) => match?.key)).toEqual([
      'plain-code',
      'marked-code',
      undefined,
      'doubtful-code',
    ])
    expect(resolved[0]?.match?.reason).toBe('code')
    expect(resolved[2]).toMatchObject({ status: 'unresolved', candidates: [{ key: 'plain-code' }] })
  })

  it('proposes the record of a code that the source marks as doubtful', async () => {
    const [country, topic] = await resolve([
      { resource: 'countries', name: 'KE?', scheme: 'alpha2' },
      { resource: 'topics', name: '1.2?', scheme: 'ford' },
    ])
    expect(country).toMatchObject({ status: 'ambiguous', candidates: [{ key: 'KEN' }] })
    expect(topic).toMatchObject({ status: 'ambiguous', candidates: [{ key: 'ford-1-2' }] })
  })

  it('finds the names of topics only within the given scheme', async () => {
    const scheme = 'other-topics'
    const inScheme = { slug: 'other-physics', name: 'Physics of others', scheme, code: 'P' }
    expect((await api.post('/v1/topics', inScheme)).status).toBe(201)
    const [named, marked, elsewhere, twoNames] = await resolve(
      [
        'Physics of others',
        'Physics of others (1)',
        'Physical sciences',
        'Physical sciences (Physical sciences)',
      ].map((name) => ({ resource: 'topics', name, scheme })),
    )
    expect([named, marked].map((one) => one?.match?.key)).toEqual(['other-physics', 'other-physics'])
    expect([elsewhere, twoNames].map((one) => one?.status)).toEqual(['unresolved', 'unresolved'])
  })
})
