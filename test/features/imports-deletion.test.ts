import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { adminKey } from '../support/app.ts'
import { checkCsv, newScheme, treatyHeader, treatyMapping } from '../support/imports.ts'

/** Deleting imports, in several transactions. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

/** Makes the dry run of a file with one row. @returns the id of the import. */
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
    const locking = await api.pool.connect()
    try {
      await locking.query('begin')
      await locking.query('select from import_rows where import = $1 for update', [id])
      const interrupted = api.request('DELETE', `/v1/imports/${id}`, { headers })
      await expect.poll(async () => (await api.pool.query(waitingDeletion)).rows).toHaveLength(1)
      const [{ pid } = { pid: 0 }] = (await api.pool.query<{ pid: number }>(waitingDeletion)).rows
      await locking.query('select pg_cancel_backend($1)', [pid])
      expect((await interrupted).status).toBeGreaterThanOrEqual(500)
      expect((await read(id)).json()).toMatchObject({ state: 'failed' })
    } finally {
      await locking.query('rollback')
      locking.release()
    }
    expect((await api.request('DELETE', `/v1/imports/${id}`, { headers })).status).toBe(204)
    expect((await read(id)).status).toBe(404)
    expect(await rowsOf(id)).toHaveLength(0)
  })

  it('cannot be committed once its deletion has begun, since it may have lost rows', async () => {
    const id = await stage()
    const locking = await api.pool.connect()
    try {
      await locking.query('begin')
      await locking.query('select from import_rows where import = $1 for update', [id])
      const deletion = api.delete(`/v1/imports/${id}`)
      await expect.poll(async () => (await api.pool.query(waitingDeletion)).rows).toHaveLength(1)
      const committed = await api.post(`/v1/imports/${id}/commit`, undefined)
      expect(committed.status, committed.text).toBe(409)
      expect((await read(id)).json()).toMatchObject({
        state: 'failed',
        failure: expect.stringContaining('delete the import again'),
      })
      await locking.query('commit')
      expect((await deletion).status).toBe(204)
    } finally {
      locking.release()
    }
    expect(await rowsOf(id)).toHaveLength(0)
  })
})
