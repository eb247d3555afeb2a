import { beforeAll, describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import { type Page, readProblem } from '../support/documents.ts'
import { create } from '../support/labelled-records.ts'

interface Listed {
  title?: string
  code?: string
  locator?: { page: string }
}

const api = await sharedApi()
let source: string
const scheme = 'commas'

beforeAll(async () => {
  source = await create(api, 'sources', { title: 'Pages', kind: 'report' })
  for (const id of ['a', 'a,b', `x,${scheme}:a`])
    await create(api, 'sources', { title: id, kind: 'report', externalIds: [{ scheme, id }] })
  for (const page of ['12', '14', '12,14', '15'])
    await create(api, 'citations', {
      source,
      record: { resource: 'countries', id: 'PAK' },
      locator: { page },
    })
})

/** Returns the titles, codes or pages of the listed records, sorted, and the target of the link to the next page. */
async function read(path: string): Promise<{ found: string[]; next: string | undefined }> {
  const response = await api.get(path)
  expect(response.status, response.text).toBe(200)
  const { data } = response.json<Page<Listed>>()
  return {
    found: data.map(({ title, code, locator }) => title ?? code ?? locator?.page ?? '').sort(),
    next: /^<(.+)>/.exec(response.headers.get('link') ?? '')?.[1],
  }
}

describe('a filter by external ids', () => {
  it.each([
    ['a value with a comma', 'externalId=commas:a%2Cb', ['a,b']],
    ['values separated by a comma', 'externalId=commas:a,commas:a%2Cb', ['a', 'a,b']],
    [
      'a value that looks like several, as an item of a list',
      'externalId[]=commas:x%2Ccommas:a',
      ['x,commas:a'],
    ],
    ['repeated values', 'externalId=commas:a%2Cb&externalId=commas:a', ['a', 'a,b']],
  ])('takes %s', async (_what, query, expected) => {
    expect((await read(`/v1/sources?${query}`)).found).toEqual(expected)
  })
})

describe('a filter by pages', () => {
  it.each([
    ['separates values at a comma', 'page=12,14', ['12', '14']],
    ['takes a value with a comma as one item of a list', 'page[]=12%2C14', ['12,14']],
    ['takes several items of a list, one of them with a comma', 'page[]=12,14&page[]=12', ['12', '12,14']],
    ['takes lists with other operators', 'page[ne][]=12,14', ['12', '14', '15']],
  ])('%s', async (_what, query, expected) => {
    expect((await read(`/v1/citations?source=${source}&${query}`)).found).toEqual(expected)
  })
})

describe('a percent-encoded comma', () => {
  it.each([
    ['externalId', '/v1/sources?externalId=commas%3Ax%2Ccommas%3Aa', '"commas:x,commas:a"', 'externalId[]=…'],
    ['page', '/v1/citations?page=12%2C14', '"12,14"', 'page[]=…'],
    ['page[ne]', '/v1/citations?page[ne]=12%2C14', '"12,14"', 'page[ne][]=…'],
    ['code', '/v1/topics?code=1%2C2', '"1,2"', 'code[]=…'],
  ])(
    'is refused where it may belong to one value or be a separator: %s',
    async (parameter, path, text, list) => {
      const response = await api.get(path)
      expect(response.status).toBe(400)
      const { errors } = readProblem(response)
      expect(errors).toEqual([
        {
          parameter,
          code: 'invalid',
          message: `${text} may be one value or several: write ${list} for one, or separate several by commas that are not percent-encoded`,
        },
      ])
    },
  )

  it.each(['code=CHN%2CPAK', 'code[]=CHN%2CPAK'])(
    'separates codes of countries, which cannot contain a comma: %s',
    async (query) => {
      expect((await read(`/v1/countries?${query}&fields=code`)).found).toEqual(['CHN', 'PAK'])
    },
  )
})

it('a text with commas that is too long is refused for its length', async () => {
  const response = await api.get(`/v1/agreements?q=${encodeURIComponent('a word, '.repeat(100))}`)
  expect(readProblem(response).errors).toMatchObject([{ parameter: 'q', code: 'too_big' }])
})

describe('a link of a response to a query with commas', () => {
  it('leads to the next page of the same records', async () => {
    const path = `/v1/citations?source=${source}&page=12,14&page[]=12%2C14&limit=2`
    const first = await read(path)
    const second = await read(`/v1/citations${first.next}`)
    expect([...first.found, ...second.found].sort()).toEqual(['12', '12,14', '14'])
  })

  it('leads to the records of a group', async () => {
    const query = `source=${source}&page[]=12%2C14&page=12`
    const response = await api.get(`/v1/citations/aggregate?groupBy=resource&${query}`)
    const [group] = response.json<{ data: { list: string }[] }>().data
    expect((await read(group?.list ?? '')).found).toEqual(['12', '12,14'])
  })
})
