import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { type FormPart, sendForm } from '../../support/send-form.ts'
import { waitForImport } from '../../support/uploaded-imports.ts'

/** The names of uploaded files, which become part of the title of a source and of the reasons of changes. */

const api = useTestApi()

const csv = `${treatyHeader}\n1,First,2001,China\n`

/** Sends an import, or its preview. */
const send = (path: string, scheme: string, ...files: FormPart[]) =>
  sendForm(api, path, [['mapping', treatyMapping(scheme), 'mapping.yaml'], ...files])

describe('the name of an uploaded file', () => {
  it.each([
    ['a tab', 'a\tb.csv', 'has a control character, U+0009, at character 2'],
    ['an escape character', '\u001b[31m.csv', 'has a control character, U+001B, at character 1'],
    ['an override of the direction', '\u202egnp.csv', 'has a character that reorders text, U+202E'],
    ['white space at its start', ' a.csv', 'must not be blank or have white space at its ends'],
    ['only white space', ' ', 'must not be blank or have white space at its ends'],
    ['too many characters', `${'x'.repeat(252)}.csv`, 'is longer than 255 characters'],
  ])('with %s is refused before the dry run', async (_, name, message) => {
    const scheme = newScheme()
    for (const path of ['/v1/imports', '/v1/imports/preview'])
      for (const [field, ...names] of [
        ['file', name, 'list.csv'],
        ['list', 'file.csv', name],
      ]) {
        const [fileName = '', listName = ''] = names
        const response = await send(path, scheme, ['file', csv, fileName], ['list', csv, listName])
        expect(response.status, response.text).toBe(422)
        const { errors } = response.json<{ errors: unknown[] }>()
        expect(errors).toMatchObject([{ pointer: `/${field}`, message: expect.stringContaining(message) }])
      }
    expect((await api.pool.query('select from imports where scheme = $1', [scheme])).rows).toEqual([])
  })

  it.each(['', 'folder/'])('is the name of its part if it is empty or only a folder: %j', async (name) => {
    const response = await send('/v1/imports?commit=true', newScheme(), ['file', csv, name])
    expect(response.status, response.text).toBe(201)
    const imported = await waitForImport(api, response.json<{ id: string }>().id)
    expect(imported).toMatchObject({ state: 'committed' })
    const source = (await api.get(`/v1/sources/${imported.source}`)).json<{ title: string }>()
    expect(source.title).toMatch(/^file, imported /)
  })

  it('may have other scripts and 255 characters', async () => {
    const name = `条约 ${'é'.repeat(248)}.csv`
    const response = await send('/v1/imports?commit=true', newScheme(), ['file', csv, name])
    expect(response.status, response.text).toBe(201)
    const { id } = response.json<{ id: string }>()
    expect(await waitForImport(api, id)).toMatchObject({ state: 'committed' })
  })
})
