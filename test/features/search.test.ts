// @module-tag slow

import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { registry } from '../../src/resources/registry.ts'
import { type Api, startTestApi, useTestApi } from '../support/api.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { createRecord } from '../support/documents.ts'
import { fullDocument } from '../support/full-document.ts'
import { create } from '../support/labelled-records.ts'

/** The search across resources. */

const api = useTestApi()
let agreement: string
/** Keys of records with Chinese prose. */
const prose: Record<string, string> = {}
beforeAll(async () => {
  await create(api, 'organizations', {
    name: 'Ministry of Quixotic Affairs',
    acronym: 'MQA',
    kind: 'government',
    aliases: [{ name: '奇想部', language: 'zh' }],
  })
  agreement = await create(api, 'agreements', {
    title: 'Quixotic windmills <b>& more</b>',
    kind: 'agreement',
    summary:
      'About "Großmühlen" and Çay in Türkiye, and their environmental <script>alert(1)</script> effects',
  })
  await create(api, 'projects', { title: 'A project of quixotic people', kind: 'other' })
  await create(api, 'projects', { title: 'The quixotical and environmental', kind: 'other' })
  await create(api, 'projects', { title: '中国和巴基斯坦的合作', kind: 'other' })
  const summary = `${'与极地有关的光学研究。'.repeat(40)}在挪威的冰川极光观测站 at Tromsø.`
  prose.project = await create(api, 'projects', { title: 'Northern lights', kind: 'other', summary })
  const source = await create(api, 'sources', { title: 'A polar gazette', kind: 'report' })
  const record = { resource: 'agreements', id: agreement }
  prose.citation = await create(api, 'citations', { source, record, note: '关于极夜的脚注' })
})

interface Hit {
  resource: string
  key: string
  title: string
  matched: string | null
  snippet: string
  score: number
  link: string
}
interface HitPage {
  data: Hit[]
  page: { limit: number; more: boolean }
}

async function searchFor(q: string, otherParameters = ''): Promise<HitPage> {
  const response = await api.get(`/v1/search?q=${encodeURIComponent(q)}${otherParameters}`)
  expect(response.status, response.text).toBe(200)
  return response.json<HitPage>()
}

describe('a search across resources', () => {
  it.each([
    ['Pakistan', 'countries', 'PAK'],
    ['pakstan', 'countries', 'PAK'],
    ['germny', 'countries', 'DEU'],
    ['PAK', 'countries', 'PAK'],
    ["cote d'ivoire", 'countries', 'CIV'],
    ['Turkiye', 'countries', 'TUR'],
    ['Türkiye', 'countries', 'TUR'],
    ['巴基斯坦', 'countries', 'PAK'],
    ['中国', 'countries', 'CHN'],
    ['electic cars', 'topics', 'electric-vehicles'],
  ])('ranks the record for %s first', async (q, resource, key) => {
    const [first] = (await searchFor(q)).data
    expect({ resource: first?.resource, key: first?.key }).toEqual({ resource, key })
    expect(first?.link).toBe(`/v1/${resource}/${key}`)
    expect((await api.get(first?.link ?? '')).status).toBe(200)
  })

  it.each([
    ['GAMBIA THE', 'GMB'],
    ['Gambia, The', 'GMB'],
    ['the gambia', 'GMB'],
    ['KOREA, REPUBLIC OF', 'KOR'],
    ['Korea, Republic of (the)', 'KOR'],
    ['Congo, Democratic Republic of (the)', 'COD'],
    ['Congo, Republic of (the)', 'COG'],
    ['Netherlands, Kingdom of (the)', 'NLD'],
    ["Korea, Democratic People's Republic of", 'PRK'],
    ['Congo, Democratic Republic of the', 'COD'],
    ['CONGO (REPUBLIC OF THE)', 'COG'],
    ['CONGO THE', 'COG'],
    ['FINLAND, REPUBLIC OF', 'FIN'],
    ['Islamic Republic of Iran', 'IRN'],
    ['TANZANIA, UNITED REPUBLIC OF', 'TZA'],
    ["POLAND, PEOPLE'S REPUBLIC OF", 'POL'],
    ['SUDAN, REPUBLIC OF THE', 'SDN'],
  ])('ranks %s first, in any order of its words', async (q, key) => {
    const [first] = (await searchFor(q)).data
    expect(first).toMatchObject({ resource: 'countries', key })
    expect(first?.score).toBeGreaterThanOrEqual(0.97)
  })

  it('ranks a title with reordered words before a title that has further words', async () => {
    const title = 'Convention of the Quixotic Union'
    const longer = 'Quixotic Union convention of the windmills'
    await create(api, 'agreements', { title: longer, kind: 'agreement' })
    const key = await create(api, 'agreements', { title, kind: 'agreement' })
    for (const q of ['Quixotic Union, Convention of the', `the ${title}`, `${title} (the)`]) {
      const [first, second] = (await searchFor(q)).data
      expect(first).toMatchObject({ key, title })
      expect(second).toMatchObject({ title: longer })
      expect(second?.score).toBeLessThan(0.97)
    }
  })

  it('returns the alias by which a record was found', async () => {
    const firstHit = async (q: string) => (await searchFor(q)).data[0]
    expect(await firstHit('mqa')).toMatchObject({
      title: 'Ministry of Quixotic Affairs',
      matched: 'MQA',
      score: 1,
    })
    expect(await firstHit('奇想部')).toMatchObject({
      matched: '奇想部',
      snippet: '<mark>奇想部</mark>',
      score: 1,
    })
    expect(await firstHit('奇想')).toMatchObject({ matched: '奇想部', snippet: '<mark>奇想</mark>部' })
    expect(await firstHit('ministry of quixotic affairs')).toMatchObject({ matched: null, score: 1 })
  })

  it('ranks an exact name before a prefix, before matching words, before a similar name', async () => {
    const scoresByTitle = (hits: Hit[]) => new Map(hits.map(({ title, score }) => [title, score]))
    const { data } = await searchFor('quixotic windmills <b>& more</b>')
    expect(data[0]).toMatchObject({ key: agreement, score: 1 })
    const scores = scoresByTitle((await searchFor('quixotic')).data)
    expect([...scores.keys()][0]).toBe('Quixotic windmills <b>& more</b>')
    expect(scores.get('Quixotic windmills <b>& more</b>')).toBeGreaterThanOrEqual(0.75)
    const wordScore = scores.get('A project of quixotic people') ?? 0
    expect(wordScore).toBeGreaterThanOrEqual(0.5)
    expect(wordScore).toBeLessThan(0.75)
    const similarScore = scoresByTitle((await searchFor('quixotik')).data).get('A project of quixotic people')
    expect(similarScore).toBeGreaterThan(0)
    expect(similarScore).toBeLessThan(0.5)
  })

  it('finds forms of a word that have different stems', async () => {
    const { data } = await searchFor('environment', '&resource=projects')
    expect(data.map(({ title }) => title)).toContain('The quixotical and environmental')
    const mistyped = await searchFor('enviroment', '&resource=topics')
    expect(mistyped.data.some(({ title }) => /environment/i.test(title))).toBe(true)
  })

  it('finds Chinese characters within a title, even a single one', async () => {
    for (const q of ['巴基斯坦', '合作', '基斯', '和']) {
      const { data } = await searchFor(q, '&resource=projects')
      expect(data.map(({ title }) => title)).toEqual(['中国和巴基斯坦的合作'])
      expect(data[0]?.snippet).toContain(`<mark>${q}</mark>`)
    }
  })

  it.each([
    ['极光', 'project', '…冰川<mark>极光</mark>观测…'],
    ['极光 站', 'project', '<mark>极光</mark>观测<mark>站</mark>'],
    ['Tromsø 极光', 'project', 'at <mark>Tromsø</mark>'],
    ['脚注 极夜', 'citation', '<mark>极夜</mark>的<mark>脚注</mark>'],
  ])('quotes the prose that has %s, now and as of a time', async (q, label, quoted) => {
    const asOf = new Date().toISOString()
    for (const more of ['', `&asOf=${asOf}`]) {
      const { data } = await searchFor(q, more)
      const hit = data.find(({ key }) => key === prose[label])
      for (const part of quoted.split('…')) expect(hit?.snippet).toContain(part)
      expect(hit?.snippet).not.toMatch(/\p{Cc}|极<|<\/mark><mark>/u)
    }
  })

  it('ranks Chinese names before prose, and excludes records with a term after a minus', async () => {
    const find = async (q: string) => (await searchFor(q)).data.map(({ key }) => key)
    const found = await find('挪威')
    expect([found[0], found.at(-1)]).toEqual(['NOR', prose.project])
    expect(await find('挪威 -极光')).toEqual(found.slice(0, -1))
  })

  it.each([
    ['数学', 'topics', 'ford-1-1', 1],
    ['电动汽车', 'topics', 'electric-vehicles', 1],
    ['气候变化', 'topics', 'climate-change', 1],
    ['电动汽车合作', 'topics', 'electric-vehicles', 0.4667],
    ['宇宙线观测站', 'topics', 'cosmic-rays', 0.45],
    ['气候变化合作协议', 'topics', 'climate-change', 0.45],
    ['高新区建设', 'topics', 'high-tech-zones', 0.46],
  ])('finds the topic of the Chinese query %s', async (q, resource, key, score) => {
    const [first] = (await searchFor(q)).data
    expect(first).toMatchObject({ resource, key, score })
    expect(first?.snippet).toBe(`<mark>${first?.matched}</mark>`)
  })

  it('finds names in a Chinese sentence, and titles with at least half of its bigrams', async () => {
    const { data } = await searchFor('中国与巴基斯坦在能源方面的合作')
    expect(data.map(({ key }) => key).slice(0, 3)).toEqual(['PAK', 'CHN', 'energy'])
    const [project] = (await searchFor('巴基斯坦合作', '&resource=projects')).data
    expect(project).toMatchObject({ title: '中国和巴基斯坦的合作' })
    expect(project?.score).toBeLessThan(0.4)
    expect((await searchFor('巴黎的和平会议', '&resource=projects')).data).toEqual([])
  })

  it('highlights matches in HTML that is otherwise escaped', async () => {
    const snippet = async (q: string) =>
      (await searchFor(q, '&resource=agreements')).data.find(({ key }) => key === agreement)?.snippet
    expect(await snippet('windmills')).toBe('Quixotic <mark>windmills</mark> &lt;b&gt;&amp; more&lt;/b&gt;')
    const summary = await snippet('turkiye')
    expect(summary).toContain('<mark>Türkiye</mark>')
    const script = await snippet('environmental effects')
    expect(script).toContain('<mark>effects</mark>')
    expect(script?.replaceAll(/<\/?mark>/g, '')).not.toMatch(/[<>"]/)
  })

  it('searches only the requested resources', async () => {
    const only = (await searchFor('quixotic', '&resource=organizations,projects')).data
    expect(new Set(only.map(({ resource }) => resource))).toEqual(new Set(['organizations', 'projects']))
  })

  it('finds a record of every resource by its title, once, even if no resource is requested', async () => {
    for (const resource of registry.resources) {
      const { title } = registry.declaration(resource.name).search
      const { key, record } = await createRecord(resource, api, await fullDocument(resource, api))
      const words = String(record[title])
      for (const parameters of [`&resource=${resource.name}&limit=100`, '&limit=100']) {
        const { data } = await searchFor(words, parameters)
        const hits = data.filter((hit) => hit.resource === resource.name && hit.key === key)
        expect(hits, `${resource.name} ${words}`).toHaveLength(1)
      }
    }
  })

  it('does not find a citation without an excerpt by unrelated words', async () => {
    const source = await create(api, 'sources', { title: 'A gazette of millers', kind: 'report' })
    const record = { resource: 'agreements', id: agreement }
    const key = await create(api, 'citations', { source, record, note: 'Page of the grindstones' })
    const found = async (q: string) => (await searchFor(q, '&limit=100')).data.some((hit) => hit.key === key)
    expect(await found('grindstones')).toBe(true)
    for (const q of ['zzyzx', 'pakis', 'energy']) expect(await found(q), q).toBe(false)
  })

  it.each(['\u0301', '\u0308\u20dd'])('finds nothing for %j, accents alone', async (q) => {
    expect((await searchFor(q)).data).toEqual([])
  })

  it.each(['-'.repeat(33), '–'.repeat(40), '- '.repeat(40), '-!'.repeat(40)])(
    'does not read repeated dashes as negation, also in lists: %s',
    async (dashes) => {
      const q = encodeURIComponent(`quixotic ${dashes} windmills`)
      const { data } = (await api.get(`/v1/search?q=${q}`)).json<HitPage>()
      expect(data.map(({ key }) => key)).toContain(agreement)
      const list = await api.get(`/v1/agreements?q=${q}`)
      expect(list.status).toBe(200)
      expect(list.json<{ data: { id: string }[] }>().data[0]?.id).toBe(agreement)
      const search = { where: { q: { eq: dashes } } }
      expect((await api.post('/v1/agreements/search', search)).status).toBe(200)
    },
  )

  it('returns the best matches, and whether there are more', async () => {
    const all = await searchFor('china', '&limit=100')
    const few = await searchFor('china', '&limit=3')
    expect(few.data).toEqual(all.data.slice(0, 3))
    expect(few.page).toEqual({ limit: 3, more: true })
    expect((await searchFor('奇想部')).page).toEqual({ limit: 20, more: false })
  })

  it.each([
    "a & b | !c :* 'd",
    '\\',
    '%_',
    '"',
    "it's http://x.org/it's')y",
    '-',
    'or or',
    'the',
    '½',
    '😀',
    'x'.repeat(200),
    '((',
    "'",
    '日'.repeat(200),
  ])('accepts the query %s', async (q) => {
    expect((await searchFor(q)).data.length).toBeLessThanOrEqual(20)
  })

  it.each([
    ['', 'q'],
    ['q=', 'q'],
    ['q=+', 'q'],
    [`q=${'x'.repeat(201)}`, 'q'],
    ['q=a&resource=countrys', 'resource'],
    ['q=a&limit=0', 'limit'],
    ['q=a&limit=101', 'limit'],
    ['q=a&lmit=5', 'lmit'],
  ])('with the query %j is refused, and the parameter is named', async (query, parameter) => {
    const response = await api.get(`/v1/search?${query}`)
    expect(response.status).toBe(400)
    expect(response.json<{ errors: unknown[] }>().errors).toMatchObject([{ parameter }])
  })

  it('returns 304 while the ETag of the client is current', async () => {
    const etag = (await api.get('/v1/search?q=pakistan')).headers.get('etag') ?? ''
    const again = await api.get('/v1/search?q=pakistan', { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
  })
})

describe('a database whose locale is C', () => {
  it('finds Chinese names and mistyped English ones', async () => {
    const base = await openEmptyDatabase()
    const name = `${new URL(base.url).pathname.slice(1)}_c${randomBytes(2).toString('hex')}`
    await base.pool.query(
      `create database ${name} template template0 lc_ctype 'C' lc_collate 'C' encoding 'UTF8'`,
    )
    const url = new URL(base.url)
    url.pathname = `/${name}`
    const database = openDatabaseAt(url.href, generousOptions)
    let service: Api | undefined
    try {
      await migrate(database)
      await database.maintain(async (client) => {
        await client.query(`insert into countries (code, alpha2, name, aliases) values
          ('PAK', 'PK', 'Pakistan', '[{"name":"巴基斯坦","language":"zh"}]'), ('CHN', 'CN', 'China', '[]')`)
        await client.query(
          "insert into agreements (title, kind) select '中国和巴基斯坦的合作' || n, 'agreement' from generate_series(1, 3) as n",
        )
      })
      const started = await startTestApi({ connectVia: () => url.href })
      service = started
      const find = async (q: string) =>
        (await started.get(`/v1/search?q=${encodeURIComponent(q)}`)).json<HitPage>().data
      expect(await find('巴基斯坦')).toMatchObject([
        { key: 'PAK', matched: '巴基斯坦', score: 1 },
        ...Array.from({ length: 3 }, () => ({ resource: 'agreements' })),
      ])
      expect(await find('合作')).toHaveLength(3)
      expect((await find('pakstan'))[0]).toMatchObject({ key: 'PAK' })
    } finally {
      await service?.close()
      await database.close()
      await base.pool.query(`drop database ${name} with (force)`)
      await base.close()
    }
  })
})
