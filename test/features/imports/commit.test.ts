// @module-tag slow

import { describe, expect, it } from 'vitest'
import { autocommitReads } from '../../../src/database/database.ts'
import { listUnfinished } from '../../../src/features/imports/store.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import {
  checkCsv,
  commit,
  continueImport,
  importCsv,
  importRows,
  newScheme,
  treatyHeader,
  treatyMapping,
  undo,
} from '../../support/imports.ts'

/** Imports: what they write, what a repeated import changes, and what an undo reverts. */

const api = useTestApi()

interface AgreementRecord {
  id: string
  version: number
  title: string
  summary: string | null
  parties: { country: string }[]
  citations?: { locator: { row: string }; sourceDetails: { title: string; context: string } }[]
}

async function agreementsOf(scheme: string, more = ''): Promise<AgreementRecord[]> {
  const response = await api.get(`/v1/agreements?externalIdScheme=${scheme}&sort=title&limit=200${more}`)
  expect(response.status, response.text).toBe(200)
  return response.json<{ data: AgreementRecord[] }>().data
}

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `${index + 1}` }))

describe('an import', () => {
  it('creates a record for each row, with its names resolved, its source and its row', async () => {
    const scheme = newScheme()
    const imported = await importRows(api.database, scheme, rows(3))
    expect(imported).toMatchObject({ state: 'committed', failure: null, rowsRead: 3, counts: { created: 3 } })
    const [first, ...others] = await agreementsOf(scheme, '&include=citations')
    expect(others).toHaveLength(2)
    expect(first?.parties.map(({ country }) => country)).toEqual(['CHN', 'PAK'])
    expect(first?.citations).toMatchObject([
      {
        locator: { row: 'item 1' },
        sourceRecordId: '1',
        sourceDetails: { context: expect.stringContaining(imported.id) },
      },
    ])
    const found = await api.get(`/v1/agreements?source=${imported.source}&count=exact`)
    expect(found.json<{ page: { total: { count: number } } }>().page.total.count).toBe(3)
  })

  it('changes nothing when it is repeated', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(5))
    const before = await agreementsOf(scheme, '&include=citations')
    const again = await importRows(api.database, scheme, rows(5))
    expect(again).toMatchObject({
      state: 'committed',
      source: null,
      counts: { unchanged: 5, created: 0, changed: 0 },
    })
    expect(await agreementsOf(scheme, '&include=citations')).toEqual(before)
  })
})

describe('a row with the id of an earlier row', () => {
  it('is refused with the location of the earlier row, which is imported', async () => {
    const imported = await importRows(api.database, newScheme(), [{ id: 'a' }, { id: 'b' }, { id: 'A ' }])
    expect(imported).toMatchObject({ counts: { created: 2, refused: 1 } })
    expect(imported.report?.refusedBy).toMatchObject([
      { rows: 1, example: { value: 'A', detail: expect.stringContaining('has the id of item 1') } },
    ])
  })

  it('is refused even if the earlier row is refused, which may be right once it is corrected', async () => {
    const csv = `${treatyHeader}\n1,First,31/02/2003,China\n1,Second,1999,China\n2,Third,1999,China\n`
    const imported = await importCsv(api.database, treatyMapping(newScheme()), csv)
    expect(imported).toMatchObject({ counts: { created: 1, refused: 2 } })
    const details = imported.report?.refusedBy.map(({ example }) => example.detail)
    expect(details).toContainEqual(expect.stringContaining('has the id of row 2'))
  })
})

describe('a row that describes a record twice', () => {
  it.each(['a;a', 'a;A'])('(%s) is refused by dry run and commit, with the reason', async (ids) => {
    const mapping = `
scheme: ${newScheme()}
rows: {delimiter: ","}
records:
  agreements: {each: {from: Ids, split: ";"}, id: ., properties: {title: ., kind: =treaty}}
`
    const value = ids.slice(-1)
    const detail = 'Another record of the row has the same id: give each record an id of its own.'
    for (const run of [checkCsv, importCsv])
      expect(await run(api.database, mapping, `Ids\n${ids}\nb;c\n`)).toMatchObject({
        counts: { created: 2, refused: 1 },
        report: { refusedBy: [{ column: 'Ids', rows: 1, example: { value, detail } }] },
      })
  })
})

describe('a row that also states its own id, in upper case', () => {
  it('is imported with one id', async () => {
    const scheme = newScheme()
    const mapping = treatyMapping(scheme).replace(
      'kind: =treaty',
      `kind: =treaty\n      externalIds: {scheme: =${scheme}, id: Title}`,
    )
    const csv = `${treatyHeader}\nabc,ABC,2001,China\n`
    expect(await importCsv(api.database, mapping, csv)).toMatchObject({ counts: { created: 1, refused: 0 } })
    expect(await agreementsOf(scheme)).toMatchObject([{ externalIds: [{ scheme, id: 'abc' }] }])
  })
})

describe('a refused row', () => {
  it('is reported, even if its value is shortened within a surrogate pair', async () => {
    const row = { id: 'a', parties: [`${'x'.repeat(199)}😀`] }
    const imported = await importRows(api.database, newScheme(), [row])
    expect(imported).toMatchObject({ state: 'committed', failure: null, counts: { refused: 1 } })
    expect(imported.report?.refusedBy).toMatchObject([
      { rows: 1, example: { value: expect.stringMatching(/^x{199}/) } },
    ])
  })
})

describe('the report of a file without some records of earlier files', () => {
  const missingOf = async (id: string) => {
    const { text } = await api.get(`/v1/imports/${id}/missing.csv`, { key: adminKey })
    const [header, ...lines] = text.trimEnd().split('\r\n')
    expect(header).toBe('resource,key,id,name')
    return lines.map((line) => line.split(',').slice(2).join())
  }

  it('lists these records as missing, and they remain', async () => {
    const scheme = newScheme()
    const first = await importRows(api.database, scheme, rows(4))
    expect(first.report).toMatchObject({ missing: 0 })
    // A refused row counts as present in the file.
    const next = [{ id: '1' }, { id: '3', title: '' }, { id: '5' }]
    const second = await importRows(api.database, scheme, next)
    expect(second).toMatchObject({ counts: { created: 1, refused: 1 }, report: { missing: 2 } })
    expect(await missingOf(second.id)).toEqual(['2,Agreement 2', '4,Agreement 4'])
    expect(await agreementsOf(scheme)).toHaveLength(5)
  })

  it('does not list the record of a row that the mapping leaves out', async () => {
    const scheme = newScheme()
    const treaties = (...titles: string[]) =>
      [treatyHeader, ...titles.map((title, index) => `${index},${title},2001,China`)].join('\n')
    await importCsv(api.database, treatyMapping(scheme), treaties('Zero', 'One', 'Two'))
    const condition = 'when: {Title: {not: draft}}'
    const ofRow = `${treatyMapping(scheme)}${condition}\n`
    const ofRecord = treatyMapping(scheme).replace('id: Id', `id: Id\n    ${condition}`)
    for (const mapping of [ofRow, ofRecord])
      expect(await checkCsv(api.database, mapping, treaties('Zero', 'draft'))).toMatchObject({
        counts: { skipped: 1 },
        report: { missing: 1 },
      })
  })

  it('does not list records of resources that the mapping lacks, such as those of another file', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(2))
    const organizations = `{scheme: ${scheme}, records: {organizations: {id: Id, properties: {name: Name, kind: =academic}}}}`
    const first = await importCsv(api.database, organizations, 'Id,Name\n1,One\n2,Two\n')
    expect(first.report).toMatchObject({ missing: 0 })
    const second = await importCsv(api.database, organizations, 'Id,Name\n1,One\n')
    expect(second.report).toMatchObject({ missing: 1 })
    expect(await missingOf(second.id)).toEqual(['2,Two'])
  })

  it('does not list records that others wrote or that an undo removed', async () => {
    const scheme = newScheme()
    const externalIds = [{ scheme, id: 'by-hand' }]
    await api.post('/v1/agreements', { title: 'By hand', kind: 'treaty', externalIds })
    await undo(api.database, await importRows(api.database, scheme, rows(2)))
    expect((await importRows(api.database, scheme, [{ id: '9' }])).report?.missing).toBe(0)
  })

  it('does not list records of newer files after a further dry run or the commit', async () => {
    const scheme = newScheme()
    const treaties = (...ids: string[]) =>
      [treatyHeader, ...ids.map((id) => `${id},Treaty ${id},2001,China`)].join('\n')
    await importCsv(api.database, treatyMapping(scheme), treaties('1'))
    const { id } = await checkCsv(
      api.database,
      treatyMapping(scheme),
      `${treaties('2')}\n3,Third,2001,Nowhere`,
    )
    await importCsv(api.database, treatyMapping(scheme), treaties('1', '2', '4'))
    const decisions = [{ resource: 'countries', name: 'Nowhere', key: null }]
    expect((await api.put(`/v1/imports/${id}/names`, { decisions })).status).toBe(200)
    const checked = await continueImport(api.database, id)
    expect(checked).toMatchObject({ state: 'staged', counts: { refused: 0 }, report: { missing: 1 } })
    const committed = await commit(api, id)
    expect(committed).toMatchObject({ state: 'committed', report: { missing: 1 } })
    expect(await missingOf(id)).toEqual(['1,Treaty 1'])
  })
})

describe('an import that an earlier version of the service has staged', () => {
  it('can be committed, even if its mapping would be refused now', async () => {
    const { id } = await checkCsv(
      api.database,
      treatyMapping(newScheme()),
      `${treatyHeader}\n1,First,2001,China\n`,
    )
    await api.pool.query(
      "update imports set mapping = replace(mapping, 'title: Title', 'title: {from: Title, take: first, join: x}') where id = $1",
      [id],
    )
    expect(await commit(api, id)).toMatchObject({
      state: 'committed',
      failure: null,
      counts: { created: 1 },
    })
  })
})

describe('a finished import', () => {
  const stagedRows = async (id: string) =>
    (await api.pool.query('select state from import_rows where import = $1', [id])).rows

  it('keeps its refused rows but no rows without faults, and can still be undone', async () => {
    const scheme = newScheme()
    const imported = await importRows(api.database, scheme, [...rows(3), { id: '4', title: '' }])
    expect(imported).toMatchObject({ state: 'committed', cleared: true })
    expect(await stagedRows(imported.id)).toEqual([{ state: 'refused' }])
    expect(await undo(api.database, imported)).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
    expect(await agreementsOf(scheme)).toEqual([])
  })

  it('counts as unfinished until it is cleaned up, and is cleaned up when it is continued', async () => {
    const imported = await importRows(api.database, newScheme(), rows(1))
    await api.pool.query('update imports set cleared = false where id = $1', [imported.id])
    expect(await listUnfinished(autocommitReads(api.database))).toContain(imported.id)
    expect(await continueImport(api.database, imported.id)).toMatchObject({ cleared: true })
  })
})

describe('an import after a person has changed a property', () => {
  it('keeps and reports that property, and changes the others', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(2))
    const [record] = await agreementsOf(scheme)
    await api.patch(`/v1/agreements/${record?.id}`, { title: 'Corrected by hand', summary: 'By hand.' })
    const next = [{ id: '1', title: 'From the file', parties: ['China', 'Germany'] }, { id: '2' }]
    const imported = await importRows(api.database, scheme, next)
    expect(imported.counts).toMatchObject({ changed: 1, unchanged: 1, kept: 1 })
    expect(imported.report?.kept).toMatchObject([
      { resource: 'agreements', key: record?.id, reason: 'kept title' },
    ])
    const changed = (await agreementsOf(scheme)).find(({ id }) => id === record?.id)
    expect(changed).toMatchObject({ title: 'Corrected by hand', summary: 'By hand.' })
    expect(changed?.parties.map(({ country }) => country)).toEqual(['CHN', 'DEU'])
  })

  it('replaces that property if the mapping says so', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(1))
    const [record] = await agreementsOf(scheme)
    await api.patch(`/v1/agreements/${record?.id}`, { title: 'Corrected by hand' })
    await importRows(api.database, scheme, rows(1), { onEdited: 'replace' })
    expect((await agreementsOf(scheme))[0]?.title).toBe('Agreement 1')
  })
})

describe('undoing an import', () => {
  const readDocuments = async () => {
    const { rows: found } = await api.pool.query<{ document: string }>(
      `select (document::jsonb - 'version' - 'createdAt' - 'updatedAt')::text as document from records order by id`,
    )
    return found.map(({ document }) => document)
  }

  it('restores all documents as they were before, except their versions and times', async () => {
    const scheme = newScheme()
    await importRows(api.database, scheme, rows(3))
    const before = await readDocuments()
    const imported = await importRows(api.database, scheme, [
      { id: '1', title: 'Other' },
      { id: '2' },
      { id: '9', title: 'New' },
    ])
    expect(imported.counts).toMatchObject({ created: 1, changed: 1, unchanged: 1 })
    expect(await readDocuments()).not.toEqual(before)
    const undone = await undo(api.database, imported)
    expect(undone).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
    expect(await readDocuments()).toEqual(before)
  })

  it('keeps and reports a record that others have changed since, and removes the rest', async () => {
    const scheme = newScheme()
    const imported = await importRows(api.database, scheme, rows(2))
    const [edited, untouched] = await agreementsOf(scheme)
    await api.patch(`/v1/agreements/${edited?.id}`, { summary: 'By hand.' })
    const undone = await undo(api.database, imported)
    expect(undone.report?.kept).toContainEqual({
      resource: 'agreements',
      key: edited?.id,
      reason: 'was changed since',
    })
    expect((await agreementsOf(scheme)).map(({ id }) => id)).toEqual([edited?.id])
    expect((await api.get(`/v1/agreements/${untouched?.id}`)).status).toBe(404)
  })
})
