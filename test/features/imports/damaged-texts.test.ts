// @module-tag slow

import { expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { makeXlsx, textRow } from '../../support/import-files.ts'
import { importFile, newScheme, treatyMapping } from '../../support/imports.ts'

/** Files with characters that PostgreSQL or the registry does not store, in places that messages repeat, such as the name of a sheet. */

const api = useTestApi()

const items = Array.from({ length: 50 }, (_, id) => `{"Id":"${id}","Title":"Item ${id}"}`)

it('a JSON file with a NUL outside of its strings fails with the reason', async () => {
  const json = `[${items.join()},{"Id":\0}]`
  const { state, failure } = await importFile(api.database, treatyMapping(newScheme()), 'rows.json', json)
  expect({ state, failure }).toEqual({ state: 'failed', failure: expect.stringContaining('is not JSON') })
})

it('a line of NDJSON with a NUL outside of its strings is refused, and the others are imported', async () => {
  const ndjson = [...items, '{"Id":\0}', ''].join('\n')
  const { state, counts } = await importFile(api.database, treatyMapping(newScheme()), 'rows.ndjson', ndjson)
  expect({ state, counts }).toMatchObject({ state: 'committed', counts: { created: 50, refused: 1 } })
})

it('a sheet may have a name with characters that reorder text', async () => {
  const xlsx = makeXlsx(textRow('Id', 'Title') + textRow('1', 'A treaty'), {
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="\u202bData\u202c" sheetId="1" r:id="rId1"/></sheets></workbook>',
  })
  // The sheet lacks the columns Signed and Party.
  const mapping = treatyMapping(newScheme()).replace(/ +signedOn: Signed\n +parties:\n.*\n/, '')
  const { state, failure, counts } = await importFile(api.database, mapping, 'rows.xlsx', xlsx)
  expect({ state, failure, counts }).toMatchObject({
    state: 'committed',
    failure: null,
    counts: { created: 1 },
  })
})
