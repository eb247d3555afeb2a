// @module-tag slow

import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { withEscapedFormulas } from '../../support/export-files.ts'
import { checkCsv, importCsv, newScheme, treatyHeader, treatyMapping } from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'
import { waitForImport } from '../../support/uploaded-imports.ts'

/** Values of an imported file that a spreadsheet would evaluate as formulas, in `missing.csv` and `names.csv` of the import. */

const api = useTestApi()

/** Returns a file of treaties with the given ids, titles and parties. */
const treaties = (rows: readonly (readonly [id: string, title: string, party: string])[]) =>
  `${treatyHeader}\n${stringify(rows.map(([id, title, party]) => [id, title, '2001', party]))}`

/** Reads `missing.csv` or `names.csv` of an import. @returns its text, and its rows by the names of the columns. */
async function readTable(id: string, name: 'missing' | 'names') {
  const { text } = await api.get(`/v1/imports/${id}/${name}.csv`, { key: adminKey })
  return { text, rows: parse<Record<string, string>>(text, { columns: true }) }
}

describe('missing.csv', () => {
  it('has an apostrophe before each formula', async () => {
    const mapping = treatyMapping(newScheme())
    await importCsv(api.database, mapping, treaties([['=1+1', '@SUM(1);=HYPERLINK(1)', 'China']]))
    const { id } = await importCsv(api.database, mapping, treaties([['2', 'Second', 'China']]))
    const { text, rows } = await readTable(id, 'missing')
    expect(rows).toMatchObject([{ id: "'=1+1", name: "'@SUM(1);'=HYPERLINK(1)" }])
    // Some spreadsheets split a cell at a semicolon if the cell is not quoted.
    expect(text).toContain(`"'@SUM(1);'=HYPERLINK(1)"`)
  })
})

describe('names.csv', () => {
  const names = ['=cmd|A0', '@SUM(1)', '-1', '＝1', "'=1", "''=1", "'quoted'", 'a;=1', "a; '=1", "a;'b"]

  it('has an apostrophe before each formula', async () => {
    const file = treaties(names.map((name, index) => [`${index}`, 'A treaty', name]))
    const { id } = await checkCsv(api.database, treatyMapping(newScheme()), file)
    const { rows } = await readTable(id, 'names')
    const cells = rows.map(({ name = '' }) => name)
    expect(cells).toHaveLength(names.length)
    expect(cells).toEqual(cells.map(withEscapedFormulas))
    expect(cells).toEqual(expect.arrayContaining(["'=cmd|A0", "'@SUM(1)", "a;'=1"]))
  })

  it('can be sent back with decisions: the added apostrophes are ignored', async () => {
    const mapping = treatyMapping(newScheme())
    const file = treaties(names.map((name, index) => [`${index}`, 'A treaty', name]))
    const { id } = await checkCsv(api.database, mapping, file)
    const { rows } = await readTable(id, 'names')
    const decided = rows.map((row) => ({ ...row, decision: 'DEU' }))
    const response = await sendForm(api, '/v1/imports', [
      ['mapping', mapping, 'm.yaml'],
      ['decisions', stringify(decided, { header: true }), 'decisions.csv'],
      ['file', file, 'f.csv'],
    ])
    expect(response.status, response.text).toBe(201)
    const { id: next } = response.json<{ id: string }>()
    expect(await waitForImport(api, next)).toMatchObject({
      state: 'staged',
      counts: { created: names.length, refused: 0 },
    })
  })

  it('may have decisions for names that are written without an apostrophe', async () => {
    const mapping = treatyMapping(newScheme())
    const response = await sendForm(api, '/v1/imports', [
      ['mapping', mapping, 'm.yaml'],
      ['decisions', 'resource,name,decision\ncountries,=cmd|A0,DEU\n', 'decisions.csv'],
      ['file', treaties([['1', 'A treaty', '=cmd|A0']]), 'f.csv'],
    ])
    const { id } = response.json<{ id: string }>()
    expect(await waitForImport(api, id)).toMatchObject({ state: 'staged', counts: { created: 1 } })
  })
})
