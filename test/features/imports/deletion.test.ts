// @module-tag slow

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { removeStaleUploads } from '../../../src/features/imports/cleanup.ts'
import { withSchemeLock } from '../../../src/features/imports/lock.ts'
import { runImport } from '../../../src/features/imports/run.ts'
import { TakenOver } from '../../../src/features/imports/store.ts'
import { registry } from '../../../src/resources/registry.ts'
import { useTestApi } from '../../support/api.ts'
import { adminKey } from '../../support/app.ts'
import { withFile } from '../../support/import-files.ts'
import {
  checkCsv,
  createLocalImport,
  importCsv,
  newScheme,
  treatyHeader,
  treatyMapping,
  undo,
} from '../../support/imports.ts'
import { sendForm } from '../../support/send-form.ts'
import { waitForImport } from '../../support/uploaded-imports.ts'

/** Deleting imports, in several transactions. */

const api = useTestApi()

/** Checks a file with one row in a dry run. @returns the id of the import. */
const stage = async () =>
  (await checkCsv(api.database, treatyMapping(newScheme()), `${treatyHeader}\n1,First,2001,China\n`)).id

const rowsOf = async (id: string) =>
  (await api.pool.query('select from import_rows where import = $1', [id])).rows

const read = (id: string) => api.get(`/v1/imports/${id}`, { key: adminKey })

/** SQL that finds the connection that waits to delete rows of an import. */
const waitingDeletion = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  and query like 'delete from import_rows%'`

describe('a staged import', () => {
  it('can be deleted before it is committed', async () => {
    const id = await stage()
    expect((await api.delete(`/v1/imports/${id}`)).status).toBe(204)
    expect((await read(id)).status).toBe(404)
    expect(await rowsOf(id)).toHaveLength(0)
  })

  it('can be deleted repeatedly with one Idempotency-Key, with the same response', async () => {
    const id = await stage()
    const headers = { 'idempotency-key': randomUUID() }
    for (const replayed of [null, 'true']) {
      const response = await api.request('DELETE', `/v1/imports/${id}`, { headers })
      expect(response.status).toBe(204)
      expect(response.headers.get('idempotency-replayed')).toBe(replayed)
    }
  })

  it('keeps its rows if the Idempotency-Key of the deletion belongs to another request', async () => {
    const [deleted, kept] = [await stage(), await stage()]
    const headers = { 'idempotency-key': randomUUID() }
    expect((await api.request('DELETE', `/v1/imports/${deleted}`, { headers })).status).toBe(204)
    const refused = await api.request('DELETE', `/v1/imports/${kept}`, { headers })
    expect([refused.status, refused.json().type]).toEqual([422, '/problems/idempotency-key-reused'])
    expect((await read(kept)).json()).toMatchObject({ state: 'staged' })
    expect(await rowsOf(kept)).toHaveLength(1)
  })

  it('is removed completely by a repetition of a deletion that was interrupted', async () => {
    const id = await stage()
    const headers = { 'idempotency-key': randomUUID() }
    const lockingClient = await api.pool.connect()
    try {
      await lockingClient.query('begin')
      await lockingClient.query('select from import_rows where import = $1 for update', [id])
      const interrupted = api.request('DELETE', `/v1/imports/${id}`, { headers })
      await expect.poll(async () => (await api.pool.query(waitingDeletion)).rows).toHaveLength(1)
      const [{ pid } = { pid: 0 }] = (await api.pool.query<{ pid: number }>(waitingDeletion)).rows
      await lockingClient.query('select pg_cancel_backend($1)', [pid])
      expect((await interrupted).status).toBeGreaterThanOrEqual(500)
      expect((await read(id)).json()).toMatchObject({ state: 'failed' })
    } finally {
      await lockingClient.query('rollback')
      lockingClient.release()
    }
    expect((await api.request('DELETE', `/v1/imports/${id}`, { headers })).status).toBe(204)
    expect((await read(id)).status).toBe(404)
    expect(await rowsOf(id)).toHaveLength(0)
  })

  it('cannot be committed once its deletion has begun, since it may have lost rows', async () => {
    const id = await stage()
    const lockingClient = await api.pool.connect()
    try {
      await lockingClient.query('begin')
      await lockingClient.query('select from import_rows where import = $1 for update', [id])
      const deletion = api.delete(`/v1/imports/${id}`)
      await expect.poll(async () => (await api.pool.query(waitingDeletion)).rows).toHaveLength(1)
      const refused = await api.post(`/v1/imports/${id}/commit`, undefined)
      expect(refused.status, refused.text).toBe(409)
      expect((await read(id)).json()).toMatchObject({
        state: 'failed',
        failure: expect.stringContaining('delete the import again'),
      })
      await lockingClient.query('commit')
      expect((await deletion).status).toBe(204)
    } finally {
      // Discards the connection, so that a failed test leaves no open transaction.
      lockingClient.release(true)
    }
    expect(await rowsOf(id)).toHaveLength(0)
  })
})

it('refusing to delete an import suggests an undo only if the import has not been undone', async () => {
  const imported = await importCsv(
    api.database,
    treatyMapping(newScheme()),
    `${treatyHeader}\n1,First,2001,China\n`,
  )
  const refuse = async () => {
    const refused = await api.delete(`/v1/imports/${imported.id}`)
    expect(refused.status, refused.text).toBe(409)
    return refused.json().detail
  }
  expect(await refuse()).toContain('Undo it instead.')
  await undo(api.database, imported)
  expect(await refuse()).toBe(
    'The import has written records, whose origin it documents. It stays after it has been undone.',
  )
})

it('an import whose file is incomplete after a day is removed once its scheme is not locked', async () => {
  const scheme = newScheme()
  const id = await createLocalImport(api.database, treatyMapping(scheme), { autoCommit: false })
  await api.pool.query("update imports set created_at = now() - interval '2 days' where id = $1", [id])
  await withSchemeLock(api.database, scheme, () => removeStaleUploads(api.database))
  expect((await read(id)).status).toBe(200)
  await removeStaleUploads(api.database)
  expect((await read(id)).status).toBe(404)
})

/** Returns a CSV file with the given number of treaties. Thousands of rows are staged in many transactions. */
const makeCsv = (rows: number) =>
  [treatyHeader, ...Array.from({ length: rows }, (_, row) => `${row},Treaty ${row},2001,China`)].join('\n')

describe('an import whose dry run has not ended', () => {
  const upload = async (scheme: string, rows: number) => {
    const response = await sendForm(api, '/v1/imports', [
      ['mapping', treatyMapping(scheme), 'mapping.yaml'],
      ['file', makeCsv(rows), 'treaties.csv'],
    ])
    expect(response.status, response.text).toBe(201)
    return response.json<{ id: string }>().id
  }

  const waitFor = (id: string, expected: object) =>
    expect.poll(async () => (await read(id)).json(), { interval: 20 }).toMatchObject(expected)

  it('can be deleted while its file is read, and then its scheme is free within seconds', async () => {
    const scheme = newScheme()
    const id = await upload(scheme, 40_000)
    await waitFor(id, { state: 'staging', rows: null, doneRows: expect.toSatisfy((done) => done > 0) })
    expect((await api.delete(`/v1/imports/${id}`)).status).toBe(204)
    expect((await read(id)).status).toBe(404)
    const next = await waitForImport(api, await upload(scheme, 1))
    expect(next).toMatchObject({ state: 'staged', counts: { created: 1 } })
    expect(await rowsOf(id)).toHaveLength(0)
  })

  it('can be deleted while its rows are checked, and then its scheme is free within seconds', async () => {
    const scheme = newScheme()
    const id = await upload(scheme, 6000)
    await waitFor(id, { state: 'staging', rows: 6000 })
    expect((await api.delete(`/v1/imports/${id}`)).status).toBe(204)
    const next = await waitForImport(api, await upload(scheme, 1))
    expect(next).toMatchObject({ state: 'staged', counts: { created: 1 } })
    expect(await rowsOf(id)).toHaveLength(0)
  })

  it('can be deleted while the command line reads its file, and the reading then stops early', async () => {
    const id = await createLocalImport(api.database, treatyMapping(newScheme()), { autoCommit: false })
    let deletion: Promise<{ status: number }> | undefined
    let rowsRead = 0
    const onProgress = ({ done }: { done: number }) => {
      deletion ??= api.delete(`/v1/imports/${id}`)
      rowsRead = done
    }
    await withFile('rows.csv', makeCsv(40_000), async (file) => {
      const options = { files: [file], signal: new AbortController().signal, onProgress }
      const running = runImport({ database: api.database, registry }, id, options)
      // `true`: between two steps, the run found the import deleted or `failed`. `TakenOver`: a step has noticed it.
      await expect(running.catch((error: unknown) => error)).resolves.toSatisfy(
        (outcome) => outcome === true || outcome instanceof TakenOver,
      )
    })
    expect((await deletion)?.status).toBe(204)
    expect(rowsRead).toBeLessThan(40_000)
    expect(await rowsOf(id)).toHaveLength(0)
  })
})
