import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { country, type Properties } from '../support/interview/fact.ts'
import { factsFrom1To16 } from '../support/interview/facts-01-16.ts'
import { factsFrom17To36 } from '../support/interview/facts-17-36.ts'

/** The seed data of an interview of 2011: its facts, and the citations of its paragraphs. */

const api = useTestApi()

/** A citation of a record, with its source. */
interface Citation extends Properties {
  record: { resource: string; id: string }
  property: string | null
  locator: { paragraph: string | null } | null
  excerpt: string | null
  note: string | null
  sourceDetails?: Properties
}

interface CitedRecord extends Properties {
  citations: Citation[]
}

/** Returns all records of a list request, which must fit on one page. */
async function listAll<T = CitedRecord>(request: string): Promise<T[]> {
  const { data, page } = (await api.get(request)).json<{ data: T[]; page: { next: string | null } }>()
  expect(page.next, request).toBeNull()
  return data
}

/** Returns the request with `include=citations`. */
const withCitations = (request: string) =>
  request.includes('include=')
    ? request.replace('include=', 'include=citations,')
    : `${request}&include=citations`

/** Matches the interview as the source of a citation. */
const interview = expect.objectContaining({
  kind: 'interview',
  title: 'Scientific and Technological Diplomacy',
})

describe('each fact of the interview is found by a request and has a citation of its paragraph', () => {
  it('the list has 36 facts', () => {
    expect([...factsFrom1To16, ...factsFrom17To36].map(({ id }) => id)).toEqual(
      Array.from({ length: 36 }, (_, index) => `F${String(index + 1).padStart(2, '0')}`),
    )
  })

  it.each([...factsFrom1To16, ...factsFrom17To36].map((fact) => [fact.id, fact.fact, fact] as const))(
    '%s: %s',
    async (_id, _fact, { paragraph, requests }) => {
      for (const { path, expected, cited = { property: null } } of requests) {
        const found = await listAll(withCitations(path))
        expect(found, path).toEqual(expected.map((record) => expect.objectContaining(record)))
        for (const { citations } of found) {
          const support = {
            ...cited,
            locator: { paragraph, page: null, row: null, column: null },
            sourceDetails: interview,
          }
          expect(citations, path).toContainEqual(expect.objectContaining(support))
        }
      }
    },
  )
})

describe('the interview as a whole', () => {
  it('is the source of the agreement with Pakistan in April 2011, in its first paragraph', async () => {
    const response = await api.get(
      '/v1/agreements?country=PAK&signedOn[gte]=2011-04&signedOn[lte]=2011-04-30&include=citations',
    )
    expect(response.status).toBe(200)
    const { data, page } = response.json<{ data: CitedRecord[]; page: Properties }>()
    expect(page.next).toBeNull()
    expect(data).toEqual([
      expect.objectContaining({ signedOn: '2011-04', parties: [country('CHN'), country('PAK')] }),
    ])
    const paragraphs = data[0]?.citations.map(({ locator }) => locator?.paragraph)
    expect(paragraphs).toContain('1')
  })

  it('is quoted in at most eight words at a time', async () => {
    const citations = await listAll<Citation>('/v1/citations?limit=200')
    const excerpts = citations.flatMap(({ excerpt }) => excerpt ?? [])
    expect(excerpts.length).toBeGreaterThan(36)
    const tooLong = excerpts.filter((excerpt) => excerpt.split(/\s+/).length > 8)
    expect(tooLong).toEqual([])
  })

  it('is cited by every citation, at one of its twelve paragraphs', async () => {
    const citations = await listAll<Citation>('/v1/citations?include=sourceDetails&limit=200')
    expect(citations.length).toBeGreaterThan(36)
    for (const { sourceDetails, locator, record } of citations) {
      expect(sourceDetails, JSON.stringify(record)).toEqual(interview)
      expect(locator?.paragraph, JSON.stringify(record)).toMatch(/^([1-9]|1[0-2])$/)
    }
  })

  it.each([
    ['organizations', 3],
    ['sources', 1],
    ['agreements', 4],
    ['projects', 4],
    ['cooperation-bases', 5],
    ['assistance-programs', 9],
    ['figures', 8],
  ])('is cited for every record in %s', async (resource, count) => {
    const records = await listAll(`/v1/${resource}?include=citations&limit=200`)
    expect(records).toHaveLength(count)
    const unsupported = records.filter(({ citations }) => citations.length === 0)
    expect(unsupported.map(({ title, name }) => title ?? name)).toEqual([])
  })
})
