// @module-tag slow

import { describe, expect, it } from 'vitest'
import { runImport } from '../../../src/features/imports/run.ts'
import { commitStep, type Step, takeStep, undoStep } from '../../../src/features/imports/steps.ts'
import type { ImportJob } from '../../../src/features/imports/store.ts'
import { registry } from '../../../src/resources/registry.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { findByExternalId } from '../../support/find-records.ts'
import {
  checkCsv,
  continueImport,
  importCsv,
  newScheme,
  treatyHeader,
  treatyMapping,
} from '../../support/imports.ts'

/** The reports of imports whose commit or undo is interrupted after its first transaction. */

const api = useTestApi()

/** Number of records of a file. A commit and an undo write them in several transactions. */
const rowCount = 450

const csvOf = (title: string) =>
  [treatyHeader, ...Array.from({ length: rowCount }, (_, row) => `${row},${title} ${row},2001,China`)].join(
    '\n',
  )

/** Changes the titles of the first and the last record by hand. @returns their keys. */
async function editFirstAndLast(scheme: string, title: string): Promise<string[]> {
  const keys: string[] = []
  for (const row of [0, rowCount - 1]) {
    const { id } = await findByExternalId<{ id: string }>(api, 'agreements', `${scheme}:${row}`)
    const edited = await api.patch(`/v1/agreements/${id}`, { title: `${title} ${row}` })
    expect(edited.status, edited.text).toBe(200)
    keys.push(id)
  }
  return keys.sort()
}

/** Takes a step of an import, and stops it after its first transaction. */
async function stopEarly(job: ImportJob, step: Step): Promise<void> {
  await api.database.transaction((tx) => takeStep(tx, job.id, step))
  const controller = new AbortController()
  const options = { signal: controller.signal, onProgress: () => controller.abort() }
  await expect(runImport({ database: api.database, registry }, job.id, options)).rejects.toThrow('aborted')
}

/** Takes a step of an import, stops it after its first transaction, and continues it. @returns the import at its end. */
async function interrupt(job: ImportJob, step: Step): Promise<ImportJob> {
  await stopEarly(job, step)
  return continueImport(api.database, job.id)
}

const keptKeys = ({ report }: ImportJob) => report?.kept.map(({ key }) => key).sort()

describe('the report of an import that was interrupted', () => {
  it('lists all values that its commit has kept, and none after its undo', async () => {
    const scheme = newScheme()
    await importCsv(api.database, treatyMapping(scheme), csvOf('First'))
    const keys = await editFirstAndLast(scheme, 'By hand')
    const staged = await checkCsv(api.database, treatyMapping(scheme), csvOf('Second'))
    const committed = await interrupt(staged, commitStep)
    expect(committed).toMatchObject({
      state: 'committed',
      counts: { changed: rowCount - 2, unchanged: 2, kept: 2 },
      report: { keptCount: 2 },
    })
    expect(keptKeys(committed)).toEqual(keys)
    expect(await interrupt(committed, undoStep)).toMatchObject({
      state: 'undone',
      report: { kept: [], keptCount: 0 },
    })
  })

  it('lists all records that its undo has kept', async () => {
    const scheme = newScheme()
    const imported = await importCsv(api.database, treatyMapping(scheme), csvOf('First'))
    const keys = await editFirstAndLast(scheme, 'By hand')
    const undone = await interrupt(imported, undoStep)
    expect(undone).toMatchObject({ state: 'undone', report: { keptCount: 2 } })
    expect(keptKeys(undone)).toEqual(keys)
  })

  it('counts each kept citation once, even if the undo of its record waits for other records', async () => {
    const count = 130
    const csv = csvOf('First')
      .split('\n')
      .slice(0, count + 2)
      .join('\n')
    const imported = await importCsv(api.database, treatyMapping(newScheme()), csv)
    const { rows } = await api.pool.query<{ key: string }>(
      "select key from import_records where import = $1 and resource = 'agreements' order by row limit $2",
      [imported.id, count],
    )
    // No record can be removed while another one refers to it. The first transaction removes only the last record of the file.
    for (const part of [rows.slice(0, 100), rows.slice(100)]) {
      const relations = part.map(({ key }) => ({ agreement: key, kind: 'amends' }))
      const created = await api.post('/v1/agreements', { title: 'By hand', kind: 'treaty', relations })
      expect(created.status, created.text).toBe(201)
    }
    await api.pool.query(
      `update citations set note = 'By hand' from records, import_records
        where citations.id = records.id and records.key = import_records.citation and import_records.import = $1
          and row <= $2`,
      [imported.id, count],
    )
    // The source is kept, too.
    expect((await interrupt(imported, undoStep)).report).toMatchObject({ keptCount: 2 * count + 1 })
  })
})

it('an undo counts the records that it has undone, also after an interruption', async () => {
  const imported = await importCsv(api.database, treatyMapping(newScheme()), csvOf('First'))
  await stopEarly(imported, undoStep)
  const path = `/v1/imports/${imported.id}`
  const interrupted = (await api.get(path, { key: adminKey })).json<{ doneRows: number }>()
  expect(interrupted).toMatchObject({ state: 'undoing', rows: rowCount, doneRows: 200 })
  const shown: (number | undefined)[] = []
  await runImport({ database: api.database, registry }, imported.id, {
    signal: new AbortController().signal,
    onProgress: ({ done }) => shown.push(done),
  })
  // The source of the import is a record, too.
  expect(shown).toEqual([400, rowCount + 1])
  expect((await api.get(path, { key: adminKey })).json()).toMatchObject({
    state: 'undone',
    doneRows: rowCount,
  })
})
