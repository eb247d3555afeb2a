// @module-tag slow

import { expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { ifMatch } from '../../support/documents.ts'
import { findByExternalId } from '../../support/find-records.ts'
import { checkCsv, importCsv, newScheme, titledMapping } from '../../support/imports.ts'
import { create } from '../../support/labelled-records.ts'

/** Lists in which several names of a row mean the same record. */

const api = useTestApi()

const mappingOf = (scheme: string) =>
  titledMapping(scheme, {
    resource: 'agreements',
    kind: 'treaty',
    properties: [
      'parties:',
      '  - {each: {from: Countries, split: "|"}, country: ., role: =party}',
      '  - {each: {from: Organizations, split: "|"}, organization: ., role: =party}',
      'topics: {from: Topics, split: "|"}',
    ],
  })

const header = 'Id,Countries,Organizations,Topics'

const find = (scheme: string) =>
  findByExternalId<{ parties: { country: string; organization: string }[]; topics: string[] }>(
    api,
    'agreements',
    `${scheme}:1`,
  )

it('items that are equal after their names are resolved are stored once', async () => {
  const scheme = newScheme()
  const csv = `${header}\n1,China|Pakistan|People's Republic of China|Burma|Myanmar,,Energy|energy\n`
  const expected = { counts: { created: 1, refused: 0 } }
  expect(await checkCsv(api.database, mappingOf(scheme), csv)).toMatchObject(expected)
  expect(await importCsv(api.database, mappingOf(scheme), csv)).toMatchObject(expected)
  const found = await find(scheme)
  expect(found.topics).toEqual(['energy'])
  const countries = found.parties.map(({ country }) => country)
  expect(countries.slice(0, 2)).toEqual(['CHN', 'PAK'])
  expect(new Set(countries).size).toBe(countries.length)
})

it('a row that names two organizations can be imported after one is merged into the other', async () => {
  const createAcademy = (name: string) => create(api, 'organizations', { name, kind: 'academic' })
  const from = await createAcademy('Academy of equal items')
  const into = await createAcademy('Institute of equal items')
  const scheme = newScheme()
  const csv = `${header}\n1,,Academy of equal items|Institute of equal items,\n`
  expect(await importCsv(api.database, mappingOf(scheme), csv)).toMatchObject({ counts: { created: 1 } })
  const merged = await api.post(`/v1/organizations/${from}/merge`, { into }, ifMatch('*'))
  expect(merged.status, merged.text).toBe(200)
  const again = await importCsv(api.database, mappingOf(scheme), csv)
  expect(again).toMatchObject({ counts: { created: 0, refused: 0 } })
  expect((await find(scheme)).parties).toMatchObject([{ organization: into }])
})
