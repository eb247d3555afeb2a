// @module-tag slow

import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { checkCsv, importCsv, newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'
import { waitForImport } from '../../support/uploaded-imports.ts'

/** The source that an import creates for itself. */

const api = useTestApi()

const withKey = { key: adminKey }

/** Imports an agreement and a project. @returns the visibility and the path of the source that the import creates. */
async function importWith({ agreement, project, source = '' }: Record<string, string>, file = 'plans.csv') {
  const mapping = `scheme: ${newScheme()}
${source}
records:
  agreements:
    id: Id
    properties: { title: Title, kind: =treaty, visibility: ${agreement} }
  projects:
    - id: Id
      properties: { title: Title, kind: =other, visibility: ${project} }
`
  const response = await sendForm(api, '/v1/imports?commit=true', [
    ['mapping', mapping, 'mapping.yaml'],
    ['file', 'Id,Title,Access\n1,A plan,internal\n', file],
  ])
  expect(response.status, response.text).toBe(201)
  const { id } = response.json<{ id: string }>()
  const imported = await waitForImport(api, id)
  expect(imported).toMatchObject({ state: 'committed', counts: { created: 2 } })
  const path = `/v1/sources/${imported.source}`
  const { visibility } = (await api.get(path, withKey)).json<{ visibility: string }>()
  return { visibility, path }
}

describe('the source of an import', () => {
  it('is hidden from readers without a key if all records of the mapping are internal', async () => {
    const file = 'internwelt plans.csv'
    const { visibility, path } = await importWith({ agreement: '=internal', project: '=internal' }, file)
    expect(visibility).toBe('internal')
    expect((await api.get(path)).status).toBe(404)
    for (const list of ['sources?q=internwelt', 'search?q=internwelt', 'changes?order=desc&limit=100']) {
      const readWithKey = async () => (await api.get(`/v1/${list}`, withKey)).text
      await expect.poll(readWithKey).toContain(file)
      const { status, text } = await api.get(`/v1/${list}`)
      expect(status, text).toBe(200)
      expect(text).not.toContain(file)
    }
  })

  it('has the date of access that the mapping states, otherwise the day of the import', async () => {
    const readDate = async (source: string) => {
      const { path } = await importWith({ agreement: '=public', project: '=public', source })
      return (await api.get(path)).json<{ accessedOn: string }>().accessedOn
    }
    expect(await readDate('source: { accessedOn: 2010-05 }')).toBe('2010-05')
    expect(await readDate('')).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })

  it('is checked at the start of the dry run, which fails if the source could not be written', async () => {
    const mapping = `${treatyMapping(newScheme())}source: { context: ${'x'.repeat(9_990)} }\n`
    expect(await checkCsv(api.database, mapping, `${treatyHeader}\n1,First,2001,China\n`)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('/context is longer than 10000 characters'),
    })
  })

  it.each([
    ['internal', 'the long form of constants', { agreement: '{ value: internal }', project: '= internal' }],
    ['internal', 'constants in capitals', { agreement: '{ value: Internal }', project: '=INTERNAL' }],
    ['public', 'a record that is public', { agreement: '=internal', project: '=public' }],
    ['public', 'a visibility from a column', { agreement: '=internal', project: 'Access' }],
    [
      'public',
      'a conditional visibility',
      { agreement: '{ value: internal, when: Title }', project: '=internal' },
    ],
    [
      'internal',
      'other properties of the source in the mapping',
      { agreement: '=internal', project: '=internal', source: 'source: { publisher: Ministry }' },
    ],
    [
      'public',
      'visibility: public in the mapping',
      { agreement: '=internal', project: '=internal', source: 'source: { visibility: public }' },
    ],
    [
      'internal',
      'visibility: internal in the mapping, although its records are public',
      { agreement: '=public', project: '=public', source: 'source: { visibility: internal }' },
    ],
  ])('is %s with %s', async (visibility, _, mapping) => {
    expect(await importWith(mapping)).toMatchObject({ visibility })
  })
})

it('the citations of an import have the locator, the URL and the quote that its mapping reads', async () => {
  const scheme = newScheme()
  const mapping = `
scheme: ${scheme}
citation: { locator: Place, url: Link, quote: Text }
records:
  agreements: { id: Id, properties: { title: Id, kind: =treaty } }
`
  const long = 'Word '.repeat(80).trim()
  const rows = ['Id,Place,Link,Text', `1,Vol. 3,https://treaties.example/1,${long}`, '2,,no address,Short']
  const imported = await importCsv(api.database, mapping, rows.join('\n'))
  expect(imported).toMatchObject({ state: 'committed', counts: { created: 2, refused: 0, dropped: 1 } })
  const found = await api.get(`/v1/agreements?externalIdScheme=${scheme}&sort=title&include=citations`)
  expect(found.json()).toMatchObject({
    data: [
      {
        citations: [
          {
            locator: { row: 'Vol. 3' },
            url: 'https://treaties.example/1',
            // An excerpt has at most 300 characters.
            excerpt: `${long.slice(0, 299)}…`,
          },
        ],
      },
      { citations: [{ locator: { row: 'row 3' }, url: null, excerpt: 'Short' }] },
    ],
  })
})
