// @module-tag slow

import { describe, expect, it } from 'vitest'
import { autocommitReads } from '../../../src/database/database.ts'
import { type Progress, runImport } from '../../../src/features/imports/run.ts'
import { type ImportJob, readImport } from '../../../src/features/imports/store.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { withFile } from '../../support/import-files.ts'
import {
  checkCsv,
  commit,
  continueImport,
  createLocalImport,
  importCsv,
  newScheme,
} from '../../support/imports.ts'
import { registry } from '../../support/registry.ts'

/** Dry runs of rows with a value that must be unique (`ror`), and that another record has. */

const api = useTestApi()

const mappingOf = (scheme: string) =>
  `{scheme: ${scheme}, records: {organizations: {id: id,
    properties: {name: name, kind: =academic, ror: ror}}}}`

const csvOf = (...rows: string[]) => ['id,name,ror', ...rows, ''].join('\n')

/** Returns a ROR id that only one test uses. */
const rorOf = (digits: string) => `https://ror.org/0bbbbbb${digits}`

/** Begins the dry run of a CSV file, and stops it after its first batch of rows. @returns the import. */
async function interruptCheck(mapping: string, csv: string): Promise<ImportJob> {
  const id = await createLocalImport(api.database, mapping, { autoCommit: false })
  const controller = new AbortController()
  const { signal } = controller
  // Before the check, while the file is read, the number of rows is not known.
  const onProgress = ({ total }: Progress) => {
    if (total !== undefined) controller.abort()
  }
  await withFile('rows.csv', csv, async (file) => {
    const run = runImport({ database: api.database, registry }, id, { signal, onProgress, files: [file] })
    await expect(run).rejects.toThrow('aborted')
  })
  const job = await readImport(autocommitReads(api.database), id)
  if (!job) throw new Error('the import does not exist any more')
  // The state `staging` includes the dry run.
  expect(job).toMatchObject({ state: 'staging', counts: { changed: 1 } })
  return job
}

describe('a dry run', () => {
  it('refuses a new row and a changed one whose unique value another record has', async () => {
    const scheme = newScheme()
    const ror = rorOf('10')
    await api.post('/v1/organizations', { name: 'Holder', kind: 'academic', ror })
    await importCsv(api.database, mappingOf(scheme), csvOf('1,First,'))
    const csv = csvOf(`1,First,${ror}`, `2,Second,${ror}`, '3,Third,')
    const { id, counts, report } = await checkCsv(api.database, mappingOf(scheme), csv)
    expect(counts).toMatchObject({ created: 1, changed: 0, refused: 2 })
    const example = { column: 'ror', value: ror, detail: `"${ror}" is taken by another organization` }
    expect(report?.refusedBy).toMatchObject([{ rows: 2, example }])
    expect((await commit(api, id)).counts).toEqual(counts)
  })

  it("reports a row's taken value, but not the row's reference to its own refused organization", async () => {
    const ror = rorOf('11')
    await api.post('/v1/organizations', { name: 'Holder of both', kind: 'academic', ror })
    const mapping = `{scheme: ${newScheme()}, records: {
      organizations: {id: id, properties: {name: name, kind: =academic, ror: ror}},
      cooperation-bases: {id: {template: "B{id}"}, properties: {name: name, kind: =other, hostOrganization: {from: id, by: id}}}}}`
    const { counts, report } = await checkCsv(api.database, mapping, csvOf(`1,First,${ror}`, '2,Second,'))
    expect(counts).toMatchObject({ created: 2, refused: 1 })
    const example = { column: 'ror', value: ror, detail: `"${ror}" is taken by another organization` }
    expect(report?.refusedBy).toMatchObject([{ rows: 1, example }])
    expect(report?.refusedBy).toHaveLength(1)
  })

  it('and a commit report the faults of all records of a row, but none that follow from them', async () => {
    const [first, second] = [rorOf('12'), rorOf('13')]
    await api.post('/v1/organizations', { name: 'Holder of one', kind: 'academic', ror: first })
    await api.post('/v1/organizations', { name: 'Holder of the other', kind: 'academic', ror: second })
    const faultsOf = async (importRow: typeof checkCsv) => {
      const mapping = `{scheme: ${newScheme()}, records: {
        organizations: [
          {id: id, properties: {name: name, kind: =academic, ror: ror}},
          {id: {template: "{id}b"}, properties: {name: name, kind: =academic, ror: other}}],
        cooperation-bases: {id: {template: "B{id}"},
          properties: {name: name, kind: =other, hostOrganization: {from: id, by: id}}}}}`
      const { id, counts } = await importRow(
        api.database,
        mapping,
        `id,name,ror,other\n1,One,${first},${second}\n2,Two,,\n`,
      )
      expect(counts).toMatchObject({ created: 3, refused: 1 })
      const { data } = (await api.get(`/v1/imports/${id}/rows`, { key: adminKey })).json<{
        data: { faults: { column: string; detail: string }[] }[]
      }>()
      return data.flatMap(({ faults }) => faults.map(({ column, detail }) => `${column}: ${detail}`)).sort()
    }
    const expected = [first, second].map((ror) => `ror: "${ror}" is taken by another organization`)
    expect(await faultsOf(importCsv)).toEqual(expected)
    expect(await faultsOf(checkCsv)).toEqual(expected)
  })

  it('accepts unique values that two rows exchange, or that their records already have', async () => {
    const scheme = newScheme()
    const [one, other] = [rorOf('20'), rorOf('21')]
    const rows = (first: string, second: string) => csvOf(`1,First,${first}`, `2,Second,${second}`)
    await importCsv(api.database, mappingOf(scheme), rows(one, other))
    for (const csv of [rows(other, one), rows(other, one).replace('First', 'Renamed')]) {
      const { id, counts } = await checkCsv(api.database, mappingOf(scheme), csv)
      expect(counts).toMatchObject({ refused: 0 })
      expect((await commit(api, id)).counts).toEqual(counts)
    }
  })

  it.each([
    ['before', '50', '51'],
    ['after', '52', '53'],
  ])(
    'accepts a unique value of a new record in the row %s the one that releases it',
    async (place, ...digits) => {
      const scheme = newScheme()
      const [old = '', next = ''] = digits.map(rorOf)
      await importCsv(api.database, mappingOf(scheme), csvOf(`1,First,${old}`))
      const [changed, created] = [`1,First,${next}`, `2,New,${old}`]
      const csv = place === 'before' ? csvOf(created, changed) : csvOf(changed, created)
      const { id, counts } = await checkCsv(api.database, mappingOf(scheme), csv)
      expect(counts).toMatchObject({ created: 1, changed: 1, refused: 0 })
      expect((await commit(api, id)).counts).toEqual(counts)
    },
  )

  it('refuses a unique value that only a refused row would have released', async () => {
    const scheme = newScheme()
    const [old, taken] = [rorOf('54'), rorOf('55')]
    await importCsv(api.database, mappingOf(scheme), csvOf(`1,First,${old}`, '2,Second,'))
    await api.post('/v1/organizations', { name: 'Holder', kind: 'academic', ror: taken })
    const csv = csvOf(`1,First,${taken}`, `2,Second,${old}`)
    const { id, counts } = await checkCsv(api.database, mappingOf(scheme), csv)
    expect(counts).toMatchObject({ changed: 0, refused: 2 })
    expect((await commit(api, id)).counts).toEqual(counts)
  })

  it('accepts a unique value that a much earlier row releases', async () => {
    const scheme = newScheme()
    const between = Array.from({ length: 600 }, (_, number) => `b${number},Between ${number},`)
    await importCsv(api.database, mappingOf(scheme), csvOf(`1,First,${rorOf('30')}`))
    const csv = csvOf(`1,First,${rorOf('31')}`, ...between, `2,Last,${rorOf('30')}`)
    const { id, counts } = await checkCsv(api.database, mappingOf(scheme), csv)
    expect(counts).toMatchObject({ created: 601, changed: 1, refused: 0 })
    expect((await commit(api, id)).counts).toEqual(counts)
  })

  it('accepts a value that an earlier row releases even if another process continues the dry run', async () => {
    const scheme = newScheme()
    const mapping = mappingOf(scheme)
    const between = Array.from({ length: 600 }, (_, number) => `b${number},Between ${number},`)
    await importCsv(api.database, mapping, csvOf(`1,First,${rorOf('40')}`))
    const csv = csvOf(`1,First,${rorOf('41')}`, ...between, `2,Last,${rorOf('40')}`)
    const { id } = await interruptCheck(mapping, csv)
    const { counts } = await continueImport(api.database, id)
    expect(counts).toMatchObject({ created: 601, changed: 1, refused: 0 })
    expect((await commit(api, id)).counts).toEqual(counts)
  })
})

it('an import without a dry run writes a row whose unique value a much later row releases', async () => {
  const scheme = newScheme()
  const between = Array.from({ length: 600 }, (_, number) => `b${number},Between ${number},`)
  await importCsv(api.database, mappingOf(scheme), csvOf(`1,First,${rorOf('60')}`))
  const csv = csvOf(`2,New,${rorOf('60')}`, ...between, `1,First,${rorOf('61')}`)
  const { counts } = await importCsv(api.database, mappingOf(scheme), csv)
  expect(counts).toMatchObject({ created: 601, changed: 1, refused: 0 })
})
