// @module-tag slow

import { describe, expect, it, onTestFinished } from 'vitest'
import { commitStep, takeStep } from '../../../src/features/imports/steps.ts'
import type { ImportJob } from '../../../src/features/imports/store.ts'
import { useTestApi } from '../../support/api.ts'
import { ifMatch } from '../../support/documents.ts'
import { findByExternalId } from '../../support/find-records.ts'
import {
  checkCsv,
  continueImport,
  importCsv,
  newScheme,
  treatyHeader,
  treatyMapping,
  undo,
} from '../../support/imports.ts'

/**
 * Steps of imports while other sessions change or lock the same records: changes after a commit has read a row and before it
 * locks the record, and steps that wait for a lock.
 */

const api = useTestApi()

const mappingOf = (scheme: string) => `onEdited: replace\n${treatyMapping(scheme)}`

const csvOf = (title: string) => `${treatyHeader}\n1,${title},2001,China\n`

interface Agreement {
  id: string
  citations: { id: string }[]
}

const find = (scheme: string) =>
  findByExternalId<Agreement>(api, 'agreements', `${scheme}:1`, '&include=citations')

/** Imports a record, and stages a file that changes its title. @returns the record and the staged import. */
async function stageChange(titles: { first: string; second: string }) {
  const scheme = newScheme()
  await importCsv(api.database, mappingOf(scheme), csvOf(titles.first))
  const staged = await checkCsv(api.database, mappingOf(scheme), csvOf(titles.second))
  const record = await find(scheme)
  return { staged, record, path: `/v1/agreements/${record.id}` }
}

/** Returns the SQL of the key of an advisory lock. */
const lockKey = (name: string) => `hashtextextended('${name}', 0)`

/** The lock that a commit takes before it locks the records of its rows. */
const manyRecords = lockKey('many records')

/** Waits until exactly one session waits for the given advisory lock. */
const waitUntilBlockedOn = (lock: string) =>
  expect
    .poll(async () => {
      const { rows } = await api.pool.query(`select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())
        and ((classid::bigint << 32) | objid::bigint) = ${lock}`)
      return rows.length
    })
    .toBe(1)

/**
 * Runs work while another session holds an advisory lock, and then releases the lock. `completion` may need the lock, so it is
 * awaited only after the release.
 * @returns the result of `completion`.
 */
async function whileLocked<T>(lock: string, work: () => Promise<{ completion: Promise<T> }>): Promise<T> {
  const client = await api.pool.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(${lock})`)
    const { completion } = await work()
    await client.query('commit')
    return await completion
  } finally {
    // Discards the connection, so that a failed test leaves no open transaction.
    client.release(true)
  }
}

/** Starts the commit of a staged import, and waits until it waits for `manyRecords`. @returns the completion of the import. */
async function beginCommit(job: ImportJob): Promise<{ completion: Promise<ImportJob> }> {
  await api.database.transaction((tx) => takeStep(tx, job.id, commitStep))
  const completion = continueImport(api.database, job.id)
  await waitUntilBlockedOn(manyRecords)
  return { completion }
}

const titleOf = async (path: string) => (await api.get(path)).json<{ title: string }>().title

describe('a commit that has read a row', () => {
  it('writes nothing of the row if a redaction empties it before the record is locked', async () => {
    const { staged, path } = await stageChange({ first: 'First of Jane Doe', second: 'Second of Jane Doe' })
    const committed = await whileLocked(manyRecords, async () => {
      const commit = await beginCommit(staged)
      const redacted = await api.post(
        `${path}/redact`,
        { text: 'Jane Doe', reason: 'Asked for.' },
        ifMatch('*'),
      )
      expect(redacted.status, redacted.text).toBe(200)
      return commit
    })
    expect(committed).toMatchObject({ state: 'committed', counts: { changed: 0, refused: 0 } })
    expect(await titleOf(path)).toBe('First of [redacted]')
  })

  it('creates the record again if it is removed before it is locked', async () => {
    const { staged, path, record } = await stageChange({ first: 'First', second: 'Second' })
    const committed = await whileLocked(manyRecords, async () => {
      const commit = await beginCommit(staged)
      for (const citation of record.citations) await api.delete(`/v1/citations/${citation.id}`)
      expect((await api.delete(path)).status).toBe(204)
      return commit
    })
    expect(committed).toMatchObject({ state: 'committed', counts: { created: 1, refused: 0 } })
    const entries = await api.pool.query(
      'select action, version_before from import_records where import = $1 and row is not null',
      [staged.id],
    )
    expect(entries.rows).toEqual([{ action: 'create', version_before: null }])
  })

  it('changes the remaining record if the record is merged before it is locked', async () => {
    const { staged, path, record } = await stageChange({ first: 'First', second: 'Second' })
    const created = await api.post('/v1/agreements', { title: 'Remaining', kind: 'treaty' })
    const into = created.json<{ id: string }>().id
    const committed = await whileLocked(lockKey(`agreements ${record.id}`), async () => {
      const merged = api.post(`${path}/merge`, { into }, ifMatch('*'))
      await waitUntilBlockedOn(lockKey(`agreements ${record.id}`))
      const { completion } = await beginCommit(staged)
      return { completion: merged.then(() => completion) }
    })
    expect(committed).toMatchObject({ state: 'committed', counts: { changed: 1, refused: 0 } })
    expect(await titleOf(`/v1/agreements/${into}`)).toBe('Second')
  })

  it('writes nothing of the row if another process has taken over the import', async () => {
    const { staged, path } = await stageChange({ first: 'First', second: 'Second' })
    await whileLocked(manyRecords, async () => {
      const { completion } = await beginCommit(staged)
      await api.pool.query('update imports set done_through = 1 where id = $1', [staged.id])
      return { completion: expect(completion).rejects.toThrow('another process or request has changed') }
    })
    expect(await titleOf(path)).toBe('First')
  })
})

describe('a waiting transaction has no transaction id, which would delay the feed of changes', () => {
  /** Returns the transaction ids of the sessions that wait for a lock in a statement with this text. */
  const readWaiting = async (text: string) => {
    const { rows } = await api.pool.query<{ id: string | null }>(
      `select backend_xid as id from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
      [`%${text}%`],
    )
    return rows
  }
  const expectNoTransactionId = async () =>
    expect(await readWaiting('pg_advisory_xact_lock')).toEqual([{ id: null }])

  it('in an undo that waits for a record', async () => {
    const scheme = newScheme()
    const imported = await importCsv(api.database, treatyMapping(scheme), csvOf('First'))
    const lock = lockKey(`agreements ${(await find(scheme)).id}`)
    const undone = await whileLocked(lock, async () => {
      const completion = undo(api.database, imported)
      await waitUntilBlockedOn(lock)
      await expectNoTransactionId()
      return { completion }
    })
    expect(undone).toMatchObject({ state: 'undone', report: { keptCount: 0 } })
  })

  it('in a step that waits for another import of the register', async () => {
    const scheme = newScheme()
    const staged = await checkCsv(api.database, treatyMapping(scheme), csvOf('First'))
    const lock = lockKey(`step of an import of ${scheme}`)
    const committed = await whileLocked(lock, async () => {
      const completion = api.post(`/v1/imports/${staged.id}/commit`, undefined)
      await waitUntilBlockedOn(lock)
      await expectNoTransactionId()
      return { completion }
    })
    expect(committed.json()).toMatchObject({ state: 'committing' })
  })

  it('in an undo that searches for later imports of its records', async () => {
    const imported = await importCsv(api.database, treatyMapping(newScheme()), csvOf('First'))
    const holder = await api.pool.connect()
    onTestFinished(() => holder.release(true))
    await holder.query('begin; lock table import_records in access exclusive mode')
    const undoing = api.post(`/v1/imports/${imported.id}/undo`, undefined)
    await expect.poll(() => readWaiting('later.import')).toEqual([{ id: null }])
    await holder.query('rollback')
    expect((await undoing).json()).toMatchObject({ state: 'undoing' })
  })
})
