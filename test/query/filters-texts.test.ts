import { beforeAll, describe, expect, it } from 'vitest'
import { sharedApi } from '../support/api.ts'
import type { Document, Page } from '../support/documents.ts'
import { createLabelled, type LabelledRecords } from '../support/labelled-records.ts'

const api = await sharedApi()
let created: LabelledRecords
beforeAll(async () => {
  const agreement = (more: Document) => ({ title: 'With few texts', kind: 'agreement', ...more })
  created = await createLabelled(api, 'agreements', {
    placed: agreement({
      place: 'Tromsø',
      parties: [{ country: 'NOR', role: 'party', contribution: 'Ships' }],
    }),
    without: agreement({ parties: [{ country: 'NOR', role: 'party' }] }),
  })
})

/** Returns the sorted labels of the records that a search finds. */
async function search(condition: object): Promise<string[]> {
  const labels = ['placed', 'without']
  const where = { id: { in: labels.map((label) => created.id(label)) }, ...condition }
  const response = await api.post('/v1/agreements/search', { where })
  expect(response.status, response.text).toBe(200)
  const found = response.json<Page>().data.map(({ id }) => id)
  return labels.filter((label) => found.includes(created.id(label)))
}

/** Texts of combining marks alone, which folding makes empty. */
describe.each(['\u0301', '\u0308\u20dd'])('a filter by the text %j, which folding makes empty,', (marks) => {
  it.each([
    ['place', []],
    ['place[ne]', ['placed', 'without']],
    ['place[contains]', ['placed']],
    ['summary', []],
    ['summary[contains]', []],
  ])('does not take a missing value for this text, in lists: %s', async (parameter, expected) => {
    expect(await created.find({ [parameter]: marks })).toEqual(expected)
  })

  const has = (operator: string) => ({ parties: { some: { contribution: { [operator]: marks } } } })
  it.each([
    [{ place: { in: [marks, 'aaa'] } }, []],
    [{ not: { place: { eq: marks } } }, ['placed', 'without']],
    [{ place: { startsWith: marks } }, ['placed']],
    [{ not: { place: { contains: marks } } }, ['without']],
    [has('eq'), []],
    [has('contains'), ['placed']],
    [{ not: has('startsWith') }, ['without']],
    [has('ne'), ['placed', 'without']],
  ])('does not take a missing value for this text, in searches: %j', async (condition, expected) => {
    expect(await search(condition)).toEqual(expected)
  })
})

describe('a code of the highest character, which stands for a missing code in indexes,', () => {
  const scheme = 'highest-character'
  const code = '\u{10FFFF}'
  beforeAll(async () => {
    for (const [slug, given] of [
      ['highest-code', code],
      ['no-highest-code', null],
    ])
      expect((await api.post('/v1/topics', { slug, name: slug, scheme, code: given })).status).toBe(201)
  })

  it.each([
    [`code=${code}`, ['highest-code']],
    [`code[ne]=${code}`, ['no-highest-code']],
    ['code[isNull]=true', ['no-highest-code']],
    ['code[isNull]=false', ['highest-code']],
    ['sort=code', ['highest-code', 'no-highest-code']],
    ['sort=-code', ['highest-code', 'no-highest-code']],
  ])('is not taken for a missing one in the list %s', async (query, expected) => {
    const response = await api.get(`/v1/topics?scheme=${scheme}&${encodeURI(query)}`)
    expect(response.json<Page>().data.map(({ slug }) => slug)).toEqual(expected)
  })
})
