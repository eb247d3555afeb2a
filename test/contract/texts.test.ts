import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyCharacter } from '../support/any-character.ts'
import { sharedApi } from '../support/api.ts'
import { faultAt } from '../support/documents.ts'
import { measureProcessorTimeMs } from '../support/processor-time.ts'

/** Names, other texts and external ids: allowed characters, normalization, and comparison. */

const api = await sharedApi()

type Page = { data: { id: string; title: string }[] }

const createProject = (more: object) =>
  api.post('/v1/projects', { title: 'Of a text', kind: 'other', ...more })

const forbiddenInLines = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

const onlyInvisible = /^[\s\p{Default_Ignorable_Code_Point}\u2800]+$/u

/** Any Unicode text, often with combining marks, control characters and joiners. */
const anyText = fc.string({
  unit: fc.oneof(
    { weight: 6, arbitrary: anyCharacter },
    {
      weight: 3,
      arbitrary: fc.constantFrom('e\u0301', '\u0301', 'A\u030a', 'क\u093c', '\u200c', '\u200d', 'ﬁ'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('\u0007', '\u007f', '\u0085', '\u202e', '\u2067', '\u2028', '\t'),
    },
  ),
  minLength: 1,
  maxLength: 12,
})

describe('a name', () => {
  it('is stored in NFC unless it has forbidden characters, outer white space or nothing visible', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (title) => {
        fc.pre(!title.includes('\u0000'))
        const response = await createProject({ title })
        const control = title.search(forbiddenInLines)
        if (control >= 0) {
          const code = title.charCodeAt(control).toString(16).toUpperCase().padStart(4, '0')
          const position = [...title.slice(0, control)].length + 1
          expect(faultAt(response, '/title')?.message).toContain(`U+${code}, at character ${position}`)
        } else if (title.trim() !== '' && onlyInvisible.test(title)) {
          expect(faultAt(response, '/title')?.message).toBe('has only invisible characters')
        } else if (/^\s|\s$/.test(title.normalize('NFC'))) {
          expect(faultAt(response, '/title')?.message).toContain('white space at its ends')
        } else {
          expect(response.status, response.text).toBe(201)
          const { id } = response.json<{ id: string; title: string }>()
          expect(response.json()).toMatchObject({ title: title.normalize('NFC') })
          const decomposed = encodeURIComponent(title.normalize('NFD'))
          const found = await api.get(`/v1/projects?id=${id}&title=${decomposed}`)
          expect(found.json<Page>().data).toHaveLength(1)
        }
      }),
      { numRuns: 150 },
    )
  })

  it.each<[title: string, message: string]>([
    ['bell\u0007', 'has a control character, U+0007, at character 5'],
    ['two\nlines', 'has a line break, U+000A, at character 4'],
    ['👩 \u202etxt.exe', 'has a character that reorders text, U+202E, at character 3'],
    ['a\u2066b\u2069', 'has a character that reorders text, U+2066, at character 2'],
    ['a\u2028b', 'has a line separator, U+2028, at character 2'],
    ['\u200b\u2060\ufeff', 'has only invisible characters'],
    ['\u3164 \u2800', 'has only invisible characters'],
  ])('%j is refused, since it %s', async (title, message) => {
    const response = await createProject({ title })
    expect(response.status).toBe(422)
    expect(faultAt(response, '/title')).toMatchObject({ code: 'wrong_format', message })
  })

  it.each(['می\u200cخواهم', 'क्\u200dष', 'à l’été', '中文', 'שלום\u200f!', '👩\u200d🔬'])(
    'may have the letters and joiners of any script: %s',
    async (title) => {
      expect((await createProject({ title })).json()).toMatchObject({ title })
    },
  )

  it('is found by other spellings: composed or not, in capitals, without accents', async () => {
    const { id } = (await createProject({ title: 'Café Ａgreement №1' })).json()
    for (const title of ['Cafe\u0301 Ａgreement №1', 'CAFÉ ＡGREEMENT №1', 'cafe Ａgreement №1']) {
      const { data } = (
        await api.get(`/v1/projects?id=${id}&title=${encodeURIComponent(title)}`)
      ).json<Page>()
      expect(data).toHaveLength(1)
      const others = `/v1/projects?id=${id}&title[ne]=${encodeURIComponent(title)}`
      expect((await api.get(others)).json<Page>().data).toHaveLength(0)
      const where = { id: { eq: id }, title: { eq: title } }
      expect((await api.post('/v1/projects/search', { where })).json<Page>().data).toHaveLength(1)
    }
  })
})

describe('a text of several lines', () => {
  it.each(['one\ttab\nand a line', 'with\r\nCRLF', 'quoted \u202babc\u202c'])(
    'may be %j',
    async (summary) => {
      expect((await createProject({ summary })).json()).toMatchObject({ summary })
    },
  )

  it.each(['\u0007', '\u001b', '\u000b', '\u007f', '\u0085'])('cannot contain %j', async (character) => {
    const response = await createProject({ summary: `a\n${character}b` })
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    const message = `has a control character, U+${code}, at character 3`
    expect(faultAt(response, '/summary')?.message).toBe(message)
  })

  it('is stored in NFC', async () => {
    expect((await createProject({ summary: 'Cafe\u0301' })).json()).toMatchObject({ summary: 'Café' })
  })
})

describe('an external id', () => {
  const withId = (id: string) => ({ externalIds: [{ scheme: 'texts', id }] })

  it('matches in another case, in full width and decomposed, but not without its accent', async () => {
    const { id } = (await createProject(withId('Café-1'))).json()
    const same = ['CAFÉ-1', 'Cafe\u0301-1', 'café-１']
    for (const spelling of same) {
      const taken = await createProject(withId(spelling))
      expect(taken.status).toBe(409)
      expect(faultAt(taken, '/externalIds/0')?.code).toBe('taken')
      const found = await api.get(`/v1/projects?externalId=texts:${encodeURIComponent(spelling)}`)
      expect(found.json<Page>().data.map((one) => one.id)).toEqual([id])
      const externalId = { scheme: 'texts', id: spelling }
      const operation = {
        op: 'patch',
        externalId,
        ifMatch: '*',
        patch: { title: `Found by ${same.indexOf(spelling)}` },
      }
      const bulk = await api.post('/v1/projects/bulk', { operations: [operation] })
      expect(bulk.status, bulk.text).toBe(200)
    }
    expect((await createProject(withId('Cafe-1'))).status).toBe(201)
  })

  it('may occur only once in a record and once in an NDJSON body, in any spelling', async () => {
    const twice = { externalIds: ['Twice', 'TWICE'].map((id) => ({ scheme: 'texts', id })) }
    expect(faultAt(await createProject(twice), '/externalIds/1')?.message).toBe('occurs twice in the list')
    const lines = ['Line', 'LINE'].map((id) => JSON.stringify({ title: id, kind: 'other', ...withId(id) }))
    const headers = { 'content-type': 'application/x-ndjson' }
    const response = await api.post('/v1/projects/import', lines.join('\n'), { headers })
    expect(faultAt(response, '/2/externalIds/0')?.code).toBe('repeated')
  })
})

describe('a text of 99,000 combining marks, whose order takes long to normalize,', () => {
  const marks = `a${'\u0300\u0316'.repeat(49_500)}`
  // Half-width marks of voicing, which NFKC converts to combining marks.
  const halfWidthMarks = `a${'\uff9e'.repeat(99_000)}`
  const tooMany = 'has more than 30 combining marks in a row'

  it.each<[what: string, path: string, body: object, message: string]>([
    ['a title', '/v1/projects', { title: marks, kind: 'other' }, tooMany],
    ['a summary', '/v1/projects', { title: 'A', kind: 'other', summary: marks }, tooMany],
    [
      'an external id',
      '/v1/projects',
      { title: 'A', kind: 'other', externalIds: [{ scheme: 'x', id: halfWidthMarks }] },
      tooMany,
    ],
    ['a filter', '/v1/projects/search', { where: { title: { contains: marks } } }, 'is longer than 500'],
  ])('is refused within 1 s of processor time as %s', async (_what, path, body, message) => {
    const timeMs = await measureProcessorTimeMs(async () => {
      const response = await api.post(path, body)
      expect(response.text).toContain(message)
      expect([400, 422]).toContain(response.status)
    })
    expect(timeMs).toBeLessThan(1000)
  })
})

it('a text may have 30 combining marks in a row', async () => {
  const title = `a${'\u0316'.repeat(30)}`
  expect((await createProject({ title })).json()).toMatchObject({ title })
})
