import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import {
  checkCsv,
  continueImport,
  importCsv,
  newScheme,
  treatyHeader,
  treatyMapping,
} from '../support/imports.ts'

/** Names in imports that match no record: what happens to their rows and values, and when a decision takes effect. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

describe('a value with an onBadValue of its own', () => {
  const mappingOf = (ofMapping: string, ofValue: string) => `
scheme: ${newScheme()}
onBadValue: ${ofMapping}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      parties: [{country: {from: Party, onBadValue: ${ofValue}}, role: =party}]
      topics: Topic
`
  const csv = 'Id,Title,Party,Topic\n1,First,Atlantis,\n2,Second,China,Alchemy of Atlantis\n'

  it('refuses the row of an unresolved name in a mapping that drops such values', async () => {
    const imported = await importCsv(api.database, mappingOf('drop', 'refuse'), csv)
    expect(imported).toMatchObject({ state: 'committed', counts: { created: 1, refused: 1 } })
    expect(imported.report?.refusedBy).toMatchObject([{ column: 'Party', example: { value: 'Atlantis' } }])
  })

  it('drops an unresolved name in a mapping that refuses such rows', async () => {
    const imported = await importCsv(api.database, mappingOf('refuse', 'drop'), csv)
    expect(imported).toMatchObject({ state: 'committed', counts: { created: 1, refused: 1 } })
    expect(imported.report?.refusedBy).toMatchObject([
      { column: 'Topic', example: { value: 'Alchemy of Atlantis' } },
    ])
  })
})

/** Decides that a name of a country means China. */
async function decide(id: string, name: string): Promise<void> {
  const decisions = [{ resource: 'countries', name, key: 'CHN' }]
  const response = await api.put(`/v1/imports/${id}/names`, { decisions })
  expect(response.status, response.text).toBe(200)
}

describe('a decision about a name', () => {
  it('leaves the dropped values of its rows in the report', async () => {
    const csv = `${treatyHeader}\n1,First\u0085 treaty,2001,Atlantis\n2,Second\u0085,2001,China\n`
    const { id, report } = await checkCsv(api.database, treatyMapping(newScheme()), csv)
    expect(report?.droppedBy).toMatchObject([{ column: 'Title', rows: 1 }])
    await decide(id, 'Atlantis')
    expect(await continueImport(api.database, id)).toMatchObject({
      state: 'staged',
      counts: { created: 2, refused: 0, dropped: 2 },
      report: { droppedBy: [{ column: 'Title', rows: 2 }] },
    })
  })
})
