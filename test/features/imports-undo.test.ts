import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { importCsv, newScheme, undo } from '../support/imports.ts'

/** The undo of imports whose records refer to one another. It works in batches. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

/** Each row becomes three agreements: the first one refers to the second, and the second to the third. */
const mappingOf = (scheme: string) => `
scheme: ${scheme}
records:
  agreements:
    - {id: A, properties: {title: A, kind: =treaty, relations: [{kind: =implements, agreement: B}]}}
    - {id: B, properties: {title: B, kind: =treaty, relations: [{kind: =implements, agreement: C}]}}
    - {id: C, properties: {title: C, kind: =treaty}}
`

/** A file whose records are written in one transaction, and removed in two. */
const csv = ['A,B,C', ...Array.from({ length: 100 }, (_, index) => `a-${index},b-${index},c-${index}`)].join(
  '\n',
)

async function listIds(scheme: string): Promise<Map<string, string>> {
  const response = await api.get(`/v1/agreements?externalIdScheme=${scheme}&limit=200`)
  return new Map(
    response.json<{ data: { id: string; title: string }[] }>().data.map((one) => [one.title, one.id]),
  )
}

it('removes records to which records of a later batch of the undo refer', async () => {
  const scheme = newScheme()
  const imported = await importCsv(api.database, mappingOf(scheme), csv)
  expect(imported).toMatchObject({ state: 'committed', counts: { created: 300, refused: 0 } })
  expect(await undo(api.database, imported)).toMatchObject({
    state: 'undone',
    report: { kept: [], keptCount: 0 },
  })
  expect(await listIds(scheme)).toEqual(new Map())
  expect((await api.get(`/v1/sources/${imported.source}`)).status).toBe(404)
})

it('keeps a record to which a record of others refers, and reports it once', async () => {
  const scheme = newScheme()
  const imported = await importCsv(api.database, mappingOf(scheme), csv)
  const found = await api.get(`/v1/agreements?externalId=${scheme}:c-50`)
  const [kept] = found.json<{ data: { id: string }[] }>().data
  const relations = [{ kind: 'implements', agreement: kept?.id }]
  const created = await api.post('/v1/agreements', { title: 'By hand', kind: 'treaty', relations })
  expect(created.status, created.text).toBe(201)
  expect(await undo(api.database, imported)).toMatchObject({
    state: 'undone',
    report: { kept: [{ resource: 'agreements', key: kept?.id }], keptCount: 1 },
  })
  expect(await listIds(scheme)).toEqual(new Map([['c-50', kept?.id]]))
})
