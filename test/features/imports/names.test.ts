// @module-tag slow

import { describe, expect, it } from 'vitest'
import { describeImport } from '../../../src/cli/import-report.ts'
import { autocommitReads } from '../../../src/database/database.ts'
import { runImport } from '../../../src/features/imports/run.ts'
import { changeImport, readImport } from '../../../src/features/imports/store.ts'
import { registry } from '../../../src/resources/registry.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { withFile } from '../../support/import-files.ts'
import {
  checkCsv,
  continueImport,
  createLocalImport,
  importCsv,
  newScheme,
  treatyHeader,
  treatyMapping,
} from '../../support/imports.ts'

/** Names in imports that match no record: what happens to their rows and values, and when a decision takes effect. */

const api = useTestApi()

describe('a value with an onBadValue of its own', () => {
  const mappingOf = (mappingRule: string, valueRule: string) => `
scheme: ${newScheme()}
onBadValue: ${mappingRule}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      parties: [{country: {from: Party, onBadValue: ${valueRule}}, role: =party}]
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

describe('a name in several records of a row', () => {
  it('counts as one row', async () => {
    const mapping = `
scheme: ${newScheme()}
records:
  agreements:
    each: {from: Ids, split: ";"}
    id: .
    properties: {title: ., kind: =treaty, parties: [{country: /Party, role: =party}]}
`
    const { report } = await checkCsv(api.database, mapping, 'Ids,Party\n1;2;3,Atlantis\n')
    expect(report?.names).toEqual({ unresolved: 1, rows: 1 })
  })
})

/** Decides that a name of a country means China. */
async function decide(id: string, name: string): Promise<void> {
  const decisions = [{ resource: 'countries', name, key: 'CHN' }]
  const response = await api.put(`/v1/imports/${id}/names`, { decisions })
  expect(response.status, response.text).toBe(200)
}

describe('a decision that a name has no record', () => {
  it('is counted in the report of later imports, which list the name', async () => {
    const scheme = newScheme()
    const csv = `${treatyHeader}\n1,First,2001,Atlantis\n2,Second,2001,Atlantis\n3,Third,2001,Mu\n`
    const { id } = await checkCsv(api.database, treatyMapping(scheme), csv)
    const decisions = [{ resource: 'countries', name: 'Atlantis', key: null }]
    expect((await api.put(`/v1/imports/${id}/names`, { decisions })).status).toBe(200)
    const later = await checkCsv(api.database, treatyMapping(scheme), csv)
    expect(later.report?.names).toEqual({ unresolved: 1, rows: 1, leftOut: 1 })
    expect(describeImport(later)).toMatch(/names left out +1 {2}by decisions/)
    const list = async (query: string) =>
      (await api.get(`/v1/imports/${later.id}/names${query}`, { key: adminKey })).json<{ data: object[] }>()
        .data
    expect(await list('?which=left_out')).toMatchObject([{ name: 'Atlantis', rows: 2, status: 'left_out' }])
    expect(await list('')).toMatchObject([{ name: 'Mu', status: 'unresolved' }])
  })
})

describe('a decision about a name', () => {
  it('adds the dropped values of its rows to the report', async () => {
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

  it('takes effect in a row whose dropped value is shortened within a surrogate pair', async () => {
    // The 200th character of the title is half of a surrogate pair.
    const csv = `${treatyHeader}\n1,${'x'.repeat(199)}😀\u0085,2001,Atlantis\n`
    const { id } = await checkCsv(api.database, treatyMapping(newScheme()), csv)
    await decide(id, 'Atlantis')
    expect(await continueImport(api.database, id)).toMatchObject({
      state: 'staged',
      failure: null,
      counts: { created: 1, refused: 0 },
      report: { droppedBy: [{ column: 'Title', rows: 1 }] },
    })
  })

  it('takes effect in a dry run that was interrupted after its first batch', async () => {
    const rows = Array.from({ length: 600 }, (_, index) => `${index},Treaty ${index},2001,Atlantis`)
    const id = await createLocalImport(api.database, treatyMapping(newScheme()), { autoCommit: false })
    const controller = new AbortController()
    const checked = withFile('rows.csv', [treatyHeader, ...rows].join('\n'), (file) =>
      runImport({ database: api.database, registry }, id, {
        files: [file],
        signal: controller.signal,
        // The total is known when the rows are checked. The dry run stops after its first batch.
        onProgress: ({ total }) => total !== undefined && controller.abort(),
      }),
    )
    await expect(checked).rejects.toThrow('aborted')
    await decide(id, 'Atlantis')
    expect(await continueImport(api.database, id)).toMatchObject({
      state: 'staged',
      counts: { created: 600, refused: 0 },
    })
  })

  it('takes effect even between the resolution of names and the first batch of a dry run', async () => {
    const csv = `${treatyHeader}\n1,First,2001,Atlantis\n`
    const { id } = await checkCsv(api.database, treatyMapping(newScheme()), csv)
    // The state after the names have been resolved.
    await api.pool.query("update imports set state = 'staging', done_through = 0 where id = $1", [id])
    const job = await readImport(autocommitReads(api.database), id)
    if (!job) throw new Error(`the import ${id} does not exist any more`)
    await decide(id, 'Atlantis')
    const ended = await api.database.transaction((tx) => changeImport(tx, job, { state: 'staged' }))
    expect(ended).toBe(false)
    expect(await continueImport(api.database, id)).toMatchObject({ state: 'staged', counts: { created: 1 } })
  })
})

describe('a decision whose record has been deleted', () => {
  const name = 'The academy of the gone decision'

  /** Decides in a dry run that the name means a new organization, and deletes the organization. */
  async function decideAndDelete(mapping: string, csv: string) {
    const created = await api.post('/v1/organizations', {
      name: `Decided for ${newScheme()}`,
      kind: 'academic',
    })
    const { id: key } = created.json<{ id: string }>()
    const { id } = await checkCsv(api.database, mapping, csv)
    await decideOrganization(id, key)
    expect(await continueImport(api.database, id)).toMatchObject({ counts: { created: 1, refused: 0 } })
    const deleted = await api.delete(`/v1/organizations/${key}`)
    expect(deleted.status, deleted.text).toBe(204)
  }

  async function decideOrganization(id: string, key: string) {
    const decisions = [{ resource: 'organizations', name, key }]
    const response = await api.put(`/v1/imports/${id}/names`, { decisions })
    expect(response.status, response.text).toBe(200)
  }

  it.each([false, true])('refuses its rows and lists the name, with create: %s', async (create) => {
    const mapping = `scheme: ${newScheme()}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      parties: [{organization: {from: Partner, create: ${create}}, role: =party}]
`
    const csv = `Id,Title,Partner\n1,First,${name}\n`
    await decideAndDelete(mapping, csv)
    const { id, ...next } = await checkCsv(api.database, mapping, csv)
    expect(next).toMatchObject({
      state: 'staged',
      counts: { created: 0, refused: 1 },
      report: {
        names: { unresolved: 1, rows: 1 },
        refusedBy: [
          { column: 'Partner', example: { value: name, detail: expect.stringMatching(/no longer exists/) } },
        ],
      },
    })
    const names = await api.get(`/v1/imports/${id}/names`, { key: adminKey })
    expect(names.json()).toMatchObject({ data: [{ name, status: 'record_gone' }] })
    const other = await api.post('/v1/organizations', { name: `Other for ${id}`, kind: 'academic' })
    await decideOrganization(id, other.json<{ id: string }>().id)
    expect(await continueImport(api.database, id)).toMatchObject({ counts: { created: 1, refused: 0 } })
  })
})
