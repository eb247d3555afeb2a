import { describe, expect, it, vi } from 'vitest'
import { type Aggregate, aggregate } from '../support/aggregates.ts'
import { sharedApi } from '../support/api.ts'
import { isHit, waitUntilCached } from '../support/cache-status.ts'
import { createRecord, exampleDocument, resourceOf } from '../support/documents.ts'

const api = await sharedApi()

const path = '/v1/cooperation-bases/aggregate?groupBy=kind'

const readGroups = (query = '', language?: string) =>
  api.get(`${path}${query}`, { headers: language === undefined ? {} : { 'accept-language': language } })

const labelsIn = (response: { json<T>(): T }) =>
  response.json<Aggregate>().data.map(({ label }) => label.kind)

describe('the language of labels', () => {
  it.each([
    ['no header', undefined, 'Observatory'],
    ['a tag with script and region', 'zh-Hans-CN', '观测站'],
    ['the best of several', 'fr, zh;q=0.8, en;q=0.5', '观测站'],
    ['languages that the registry does not have', 'fr, de', 'Observatory'],
    ['any language', '*', 'Observatory'],
  ])('follows Accept-Language: %s', async (_case, header, expected) => {
    expect(labelsIn(await readGroups('', header))).toContain(expected)
  })

  it('is the value of lang, even if Accept-Language differs', async () => {
    expect(labelsIn(await readGroups('&lang=en', 'zh'))).toContain('Observatory')
    expect(labelsIn(await readGroups('&lang=zh-CN', 'en'))).toContain('观测站')
  })

  it('is returned in Content-Language, and Vary names Accept-Language', async () => {
    const { headers } = await readGroups('&lang=zh')
    expect(headers.get('content-language')).toBe('zh')
    expect(headers.get('vary')).toContain('Accept-Language')
  })

  it('changes the entity tag of the response; another language tag of the same language does not', async () => {
    const [english, chinese] = [await readGroups('', 'en-GB'), await readGroups('', 'zh')]
    const tag = english.headers.get('etag') ?? ''
    expect(chinese.headers.get('etag')).not.toBe(tag)
    const again = { 'if-none-match': tag, 'accept-language': 'en' }
    expect((await api.get(path, { headers: again })).status).toBe(304)
  })

  it('has one stored response for all spellings of a language', async () => {
    await waitUntilCached(api, `${path}&lang=zh`)
    let requests = 0
    await vi.waitFor(async () => {
      await api.get(`${path}&lang=zh`)
      requests += 1
      // A new spelling each time: a hit is possible only if the key of the cache has the language, and not the header.
      const response = await readGroups('', `zh-TW, zh;q=0.${requests}`)
      expect(isHit(response)).toBe(true)
      expect(labelsIn(response)).toContain('观测站')
    })
    expect(labelsIn(await readGroups('', 'en'))).toContain('Observatory')
  })

  it('is the same on the next page of a list with names, since the Link states it', async () => {
    const first = await api.get('/v1/topics?include=names&limit=1', { headers: { 'accept-language': 'zh' } })
    const [, next] = /^<([^>]+)>/.exec(first.headers.get('link') ?? '') ?? []
    const second = await api.get(`/v1/topics${next}`)
    expect(second.headers.get('content-language')).toBe('zh')
  })

  it('is refused if it is unknown, with the available languages', async () => {
    const response = await readGroups('&lang=fr')
    expect(response.status).toBe(400)
    expect(response.text).toMatch(/en.*zh/)
  })
})

describe('labels of groups', () => {
  it('are "Unknown" for the group without a value, in the language of the response', async () => {
    const programs = resourceOf('assistance-programs')
    const created = await createRecord(programs, api, await exampleDocument(programs, api, { status: null }))
    const grouped = { groupBy: 'status', id: created.key }
    const [english, chinese] = [
      await aggregate(api, 'assistance-programs', grouped),
      await aggregate(api, 'assistance-programs', { ...grouped, lang: 'zh' }),
    ]
    expect(english.data[0]).toMatchObject({ key: { status: null }, label: { status: 'Unknown' } })
    expect(chinese.data[0]?.label).toEqual({ status: '未知' })
  })

  it('are the names of records in the language of the response, and never empty', async () => {
    const { data } = await aggregate(api, 'projects', { groupBy: 'country', lang: 'zh' })
    expect(data.map(({ label }) => label.country)).toContain('中国')
    expect(data.every(({ label }) => label.country !== '')).toBe(true)
  })

  it('are readable phrases for codes that have no vocabulary', async () => {
    const { data } = await aggregate(api, 'figures', { groupBy: 'indicator' })
    for (const { key, label } of data) {
      expect(label.indicator?.toLowerCase()).toBe(key.indicator?.replaceAll('_', ' '))
    }
    expect(data.length).toBeGreaterThan(3)
  })
})

describe('the language of networks', () => {
  it('applies to the names of nodes, which also have the numeric codes of countries', async () => {
    const network = await api.get('/v1/network?lang=zh&resource=agreements')
    expect(network.headers.get('content-language')).toBe('zh')
    expect(network.json<{ nodes: object[] }>().nodes).toContainEqual(
      expect.objectContaining({ id: 'PAK', name: '巴基斯坦', numeric: '586' }),
    )
    const partners = await api.get('/v1/countries/CHN/network?lang=zh&resource=agreements')
    expect(partners.json()).toMatchObject({ country: { code: 'CHN', name: '中国' } })
    expect(partners.text).toContain('"name":"巴基斯坦","numeric":"586"')
  })
})
