// @module-tag slow

import { expect, it } from 'vitest'
import { useTestApi } from '../../support/api.ts'
import { importCsv, newScheme } from '../../support/imports.ts'

/** External ids of another scheme that the rows of a register state for their records. */

const api = useTestApi()

const mappingOf = (scheme: string) => `scheme: ${scheme}
rows: {format: csv}
onEdited: replace
records:
  agreements:
    id: Id
    properties: {title: Id, kind: =treaty, externalIds: [{scheme: "=other-${scheme}", id: Other}]}
`

/** Imports rows such as `1,Q1`. */
const importIds = (scheme: string, rows: string[]) =>
  importCsv(api.database, mappingOf(scheme), ['Id,Other', ...rows, ''].join('\n'))

async function idsOf(scheme: string, id: string): Promise<string[]> {
  const response = await api.get(`/v1/agreements?externalId=${scheme}:${id}`)
  const [found] = response.json<{ data: { externalIds: { id: string }[] }[] }>().data
  return found?.externalIds.map((one) => one.id) ?? []
}

it('external ids of a row are added to those of its record, and none is removed', async () => {
  const scheme = newScheme()
  await importIds(scheme, ['1,Q1'])
  expect((await importIds(scheme, ['1,Q2'])).counts).toMatchObject({ changed: 1, refused: 0 })
  expect((await importIds(scheme, ['1,'])).counts).toMatchObject({ unchanged: 1 })
  expect(await idsOf(scheme, '1')).toEqual(['1', 'Q1', 'Q2'])
})

it('a row is refused if another record got its external id, even if from an earlier file only', async () => {
  const scheme = newScheme()
  await importIds(scheme, ['1,Q1'])
  const next = await importIds(scheme, ['1,Q2', '2,Q1'])
  expect(next.counts).toMatchObject({ changed: 1, created: 0, refused: 1 })
  expect(await idsOf(scheme, '1')).toEqual(['1', 'Q1', 'Q2'])
  expect(await idsOf(scheme, '2')).toEqual([])
})

it('no record of a row is written if PostgreSQL refuses another record of the row', async () => {
  const scheme = newScheme()
  const taken = { scheme: `other-${scheme}`, id: 'X' }
  const byHand = { name: 'Has the id', kind: 'academic', externalIds: [taken] }
  expect((await api.post('/v1/organizations', byHand)).status).toBe(201)
  const mapping = `
scheme: ${scheme}
records:
  organizations:
    {id: Id, properties: {name: Id, kind: =academic, externalIds: [{scheme: "=${taken.scheme}", id: Other}]}}
  agreements: {id: Id, properties: {title: Id, kind: =treaty}}
`
  const imported = await importCsv(api.database, mapping, 'Id,Other\na,X\nb,Y\n')
  expect(imported).toMatchObject({ counts: { created: 2, refused: 1 } })
  for (const resource of ['organizations', 'agreements']) {
    const found = await api.get(`/v1/${resource}?externalIdScheme=${scheme}`)
    const { data } = found.json<{ data: { name?: string; title?: string }[] }>()
    expect(data.map(({ name, title }) => name ?? title)).toEqual(['b'])
  }
})
