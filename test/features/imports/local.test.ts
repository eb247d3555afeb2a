// @module-tag slow

import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { autocommitReads } from '../../../src/database/database.ts'
import { runImport } from '../../../src/features/imports/run.ts'
import { listUnfinished, TakenOver } from '../../../src/features/imports/store.ts'
import { registry } from '../../../src/resources/registry.ts'
import { useTestApi } from '../../support/api.ts'
import { waitUntilBlocked } from '../../support/blocked-sessions.ts'
import { withFile } from '../../support/import-files.ts'
import { continueImport, createLocalImport, newScheme } from '../../support/imports.ts'

/** Imports of local files, which only the process of the command line can read. */

const api = useTestApi()

const mappingOf = (scheme: string) =>
  `{scheme: ${scheme}, records: {agreements: {id: Id, properties: {title: Title, kind: =treaty}}}}`

/** Returns a file whose rows are stored in several transactions. */
const makeCsv = () =>
  ['Id,Title', ...Array.from({ length: 4100 }, (_, index) => `${index},Treaty ${index}`)].join('\n')

describe('an import whose process reads a local file', () => {
  it('continues after its process lost the lock and a service ran it without its file', async () => {
    const id = await createLocalImport(api.database, mappingOf(newScheme()), { autoCommit: false })
    await withFile('rows.csv', makeCsv(), async (file) => {
      const losing = new AbortController()
      const options = { files: [file], signal: losing.signal, onProgress: () => losing.abort() }
      await expect(runImport({ database: api.database, registry }, id, options)).rejects.toThrow('aborted')
      expect(await listUnfinished(autocommitReads(api.database))).not.toContain(id)
      // A service runs the import without its file, and leaves it as it is.
      const { signal } = new AbortController()
      expect(await runImport({ database: api.database, registry }, id, { signal })).toBe(true)
      expect(await continueImport(api.database, id, [file])).toMatchObject({
        state: 'staged',
        rowsRead: 4100,
        counts: { created: 4100 },
      })
    })
  })

  it('stops at a write once another process has begun to read the file', async () => {
    const id = await createLocalImport(api.database, mappingOf(newScheme()), { autoCommit: false })
    await withFile('rows.csv', makeCsv(), async (file) => {
      let other: Promise<unknown> | undefined
      const onProgress = () => {
        other ??= api.pool.query('update imports set pass = pass + 1 where id = $1', [id])
      }
      const options = { files: [file], signal: new AbortController().signal, onProgress }
      await expect(runImport({ database: api.database, registry }, id, options)).rejects.toThrow(TakenOver)
      await other
      expect(await continueImport(api.database, id, [file])).toMatchObject({
        state: 'staged',
        rowsRead: 4100,
        counts: { created: 4100 },
      })
    })
  })

  it('fails, and names the column, if the file lacks a column of the mapping', async () => {
    const id = await createLocalImport(api.database, mappingOf(newScheme()), { autoCommit: false })
    const failed = await withFile('rows.csv', 'Id,Name\n1,First\n', (file) =>
      continueImport(api.database, id, [file]),
    )
    expect(failed).toMatchObject({ state: 'failed', failure: expect.stringContaining('"Title"') })
  })

  it('leaves no rows behind when it is deleted while its rows are being stored', async () => {
    const id = await createLocalImport(api.database, mappingOf(newScheme()), { autoCommit: false })
    const deletingClient = await api.pool.connect()
    try {
      await deletingClient.query('begin')
      let deleting: Promise<unknown> | undefined
      const onProgress = () => {
        deleting ??= deletingClient.query('delete from imports where id = $1', [id])
      }
      const { signal } = new AbortController()
      const reading = withFile('rows.csv', makeCsv(), (file) =>
        runImport({ database: api.database, registry }, id, { files: [file], signal, onProgress }),
      )
      await waitUntilBlocked(api.pool)
      await deleting
      await deletingClient.query('commit')
      expect(await reading).toBe(true)
    } finally {
      deletingClient.release()
    }
    expect((await api.pool.query('select from imports where id = $1', [id])).rows).toHaveLength(0)
    const { rows } = await api.pool.query('select from import_rows where import = $1', [id])
    expect(rows).toHaveLength(0)
  })

  it('leaves no rows behind when it is deleted after its last row has been stored', async () => {
    const id = await createLocalImport(api.database, mappingOf(newScheme()), { autoCommit: false })
    const lockingClient = await api.pool.connect()
    try {
      // This lock lets rows be stored. The update of the statistics, which follows, waits for it.
      await lockingClient.query('begin; lock table import_rows in share update exclusive mode')
      const reading = withFile('rows.csv', 'Id,Title\n1,First\n', (file) =>
        continueImport(api.database, id, [file]),
      )
      const rejection = expect(reading).rejects.toThrow('the import does not exist any more')
      await waitUntilBlocked(api.pool)
      await api.pool.query('delete from imports where id = $1', [id])
      await lockingClient.query('commit')
      await rejection
    } finally {
      lockingClient.release()
    }
    const { rows } = await api.pool.query('select from import_rows where import = $1', [id])
    expect(rows).toHaveLength(0)
  })
})

describe('the stream of the progress of an import', () => {
  it('ends within seconds after the key of the client is revoked', async () => {
    const body = { name: 'An editor', role: 'editor' }
    const { id: keyId, key } = (await api.post('/v1/keys', body)).json<{ id: string; key: string }>()
    // A local import that no process reads keeps its stream open.
    const id = await createLocalImport(api.database, mappingOf(newScheme()), { autoCommit: false })
    const stream = await fetch(`${api.origin}/v1/imports/${id}/events`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(stream.status).toBe(200)
    const ended = stream.text().catch(() => 'cut off')
    expect(await Promise.race([ended, delay(1000, 'open')])).toBe('open')
    expect((await api.delete(`/v1/keys/${keyId}`)).status).toBe(204)
    expect(await Promise.race([ended, delay(10_000, 'open')])).not.toBe('open')
  })
})
