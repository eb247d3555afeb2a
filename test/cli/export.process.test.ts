import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { countBlocked } from '../support/blocked-sessions.ts'
import { run, runInProcess } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'

/** The file of `entente export --all`. */

vi.setConfig({ testTimeout: 60_000 })

const database = useOpened(openTestDatabase)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entente-export-test-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

/**
 * Starts an export, which creates its file and then waits for a lock until the end of the test. Before it creates the file, its check
 * of the schema needs the same lock. So a first connection holds the lock only until the check waits for it and, after the check, a
 * second connection has requested it. PostgreSQL grants locks in the order of the requests: the check passes, and the second
 * connection has the lock before the export reads the tables.
 */
async function startWaitingExport<T>(start: () => T): Promise<T> {
  const [first, second] = [await database.pool.connect(), await database.pool.connect()]
  onTestFinished(async () => {
    await second.query('rollback')
    first.release()
    second.release()
  })
  const lock = 'begin; lock table import_decisions'
  const waitFor = (count: number) =>
    expect.poll(() => countBlocked(database.pool), { interval: 10, timeout: 30_000 }).toBe(count)
  await first.query(lock)
  const started = start()
  await waitFor(1)
  const locked = second.query(lock)
  await waitFor(2)
  await first.query('rollback')
  await locked
  await waitFor(1)
  return started
}

const exportInProcess = (file: string, { url } = database) =>
  runInProcess(['export', '--all', file], { DATABASE_URL: url })

describe('entente export --all', () => {
  it('writes a new file that only its owner may read, since it has internal records', async () => {
    const file = join(folder, 'new.entente')
    expect(await exportInProcess(file)).toBe(`Archived: ${file}`)
    const { size, mode } = await stat(file)
    expect(size).toBeGreaterThan(1000)
    expect(mode & 0o777).toBe(0o600)
  })

  it('leaves an existing file unchanged, and says in one line that it exists', async () => {
    const file = join(folder, 'old.entente')
    await writeFile(file, 'The archive of yesterday')
    await expect(exportInProcess(file)).rejects.toThrow(
      /^the file .* already exists: give the name of a new file for the archive$/,
    )
    expect(await readFile(file, 'utf8')).toBe('The archive of yesterday')
  })

  it('says in one line that the folder of the file does not exist', async () => {
    await expect(exportInProcess(join(folder, 'no-folder', 'new.entente'))).rejects.toThrow(
      /^the archive cannot be written to a new file .*: no such file or directory$/,
    )
  })

  it('removes the unfinished file if it is interrupted', async () => {
    const file = join(folder, 'interrupted.entente')
    const { signal, ended } = await startWaitingExport(() =>
      run(['export', '--all', file], { DATABASE_URL: database.url }),
    )
    expect(await readdir(folder)).toContain(basename(file))
    signal('SIGINT')
    expect(await ended).toEqual({ code: 130, stdout: '', stderr: '' })
    expect(await readdir(folder)).not.toContain(basename(file))
  })

  it('names PostgreSQL as the cause, not the file, if PostgreSQL fails, and removes the file', async () => {
    const file = join(folder, 'terminated.entente')
    const { refusal } = await startWaitingExport(() => ({
      refusal: expect(exportInProcess(file)).rejects.toThrow(
        /^PostgreSQL failed during the export: terminating connection/,
      ),
    }))
    await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`)
    await refusal
    expect(await readdir(folder)).not.toContain(basename(file))
  })

  it('does not name the file as the cause of another error, and removes the file', async () => {
    const newer = await openTestDatabase()
    onTestFinished(newer.close)
    await newer.pool.query(
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)",
    )
    const file = join(folder, 'newer.entente')
    await expect(exportInProcess(file, newer)).rejects.toThrow(
      /^a newer version of Entente has applied migrations that this version does not know/,
    )
    expect(await readdir(folder)).not.toContain(basename(file))
  })
})
