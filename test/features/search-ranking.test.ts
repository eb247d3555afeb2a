import { beforeAll, describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { sendBulk } from '../support/bulk.ts'
import { resourceOf } from '../support/documents.ts'

/** The order of the hits of a search across resources, which words match, and searches for codes and ids. */

const api = useTestApi()
beforeAll(async () => {
  const titles = Array.from(
    { length: 60 },
    (_, index) => `Quagga accord with a long descriptive title, number ${index + 100}`,
  )
  const operations = [...titles, 'Quagga pact'].map((title) => ({
    op: 'create',
    document: { title, kind: 'agreement', parties: [] },
  }))
  const { status, text } = await sendBulk(api, resourceOf('agreements'), operations)
  expect(status, text).toBe(200)
})

async function keysOf(q: string, limit: number): Promise<string[]> {
  const response = await api.get(`/v1/search?q=${encodeURIComponent(q)}&limit=${limit}`)
  expect(response.status, response.text).toBe(200)
  return response.json<{ data: { key: string }[] }>().data.map(({ key }) => key)
}

describe('a search across resources', () => {
  it('ranks first the shortest title that begins with the query, even at a small limit', async () => {
    const [first] = (await api.get('/v1/search?q=quagga&limit=1')).json<{ data: object[] }>().data
    expect(first).toMatchObject({ title: 'Quagga pact' })
  })

  it.each(['quagga', 'a', 'saint', 'united', 'republic of'])(
    'returns the same first hits for "%s" with any limit',
    async (q) => {
      const all = await keysOf(q, 100)
      for (const limit of [1, 3, 20]) expect(await keysOf(q, limit)).toEqual(all.slice(0, limit))
    },
  )

  it.each([
    ['“China”', 'CHN'],
    ['"China"', 'CHN'],
    ['China?', 'CHN'],
    ['「巴基斯坦」？', 'PAK'],
    ['“Korea, Republic of”', 'KOR'],
    ['“Ireland, Republic of”', 'IRL'],
  ])('ranks first the record whose name is %s without punctuation around it', async (q, key) => {
    expect(await keysOf(q, 1)).toEqual([key])
  })

  it('finds words with the same stem, and longer words only if they begin with the whole word', async () => {
    const documents = ['Quagmire car', 'Quagmire carbon'].map((title) => ({ title, kind: 'other' }))
    for (const document of documents) expect((await api.post('/v1/projects', document)).status).toBe(201)
    const titlesWith = async (q: string) => {
      const response = await api.get(`/v1/search?resource=projects&q=${encodeURIComponent(q)}`)
      const { data } = response.json<{ data: { title: string; score: number }[] }>()
      // Hits with lower scores are names similar to the text.
      return data.filter(({ score }) => score >= 0.5).map(({ title }) => title)
    }
    expect(await titlesWith('cars quagmire')).toEqual(['Quagmire car'])
    expect(await titlesWith('"quagmire cars"')).toEqual(['Quagmire car'])
    expect(await titlesWith('quagmire carb')).toEqual(['Quagmire carbon'])
    expect(await titlesWith('quagmi -cars')).toEqual(['Quagmire carbon'])
    expect(await titlesWith('the quagmire of car')).toEqual(['Quagmire car', 'Quagmire carbon'])
  })

  it.each([
    ['PK', 'PAK'],
    ['pk', 'PAK'],
    ['156', 'CHN'],
    ['14030', 'crs-14030'],
  ])('finds a record by the code %s', async (code, key) => {
    expect((await keysOf(code, 20))[0]).toBe(key)
  })

  it('finds an organization by its ROR id', async () => {
    const ror = 'https://ror.org/034t30j35'
    const document = { name: 'Institute with an id', kind: 'other', ror }
    const { id } = (await api.post('/v1/organizations', document)).json<{ id: string }>()
    expect(await keysOf(ror, 1)).toEqual([id])
  })
})
