import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { importCsv, newScheme } from '../support/imports.ts'

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
