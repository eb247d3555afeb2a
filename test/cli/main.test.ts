import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { run } from '../support/command-line.ts'
import { openEmptyDatabase, openTestDatabase, type TestDatabase } from '../support/database.ts'

// Each of these starts Node anew, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

/** Runs a command that must fail, and returns what it said. */
async function failure(words: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, stdout, stderr } = await run(words, env).ended
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  return stderr
}

async function forThisTest(opening: Promise<TestDatabase>): Promise<TestDatabase> {
  const database = await opening
  onTestFinished(database.close)
  return database
}

describe('a command line that is wrong ends with one line and exit code 1', () => {
  it('names the nearest command for one that does not exist', async () => {
    expect(await failure(['migrat'])).toBe(`entente: there is no command 'migrat'; did you mean "migrate"?\n`)
  })

  it('points from an option that does not exist to the environment variable', async () => {
    expect(await failure(['serve', '--port=80'])).toMatch(
      /^entente: .*'--port'.*environment variable PORT\?\n$/,
    )
  })

  it('names every variable with a wrong value, and what would be right', async () => {
    const line = await failure([], { PORT: '80x', SEED: 'al', DATABASE_URL: 'mysql://root:secret@host/x' })
    expect(line).toMatch(/^entente: .*PORT must be a whole number.*'80x'.*\n$/)
    expect(line).toMatch(/SEED must be one of all, reference, none, not 'al'/)
    expect(line).toMatch(/DATABASE_URL must be a URL like postgresql:/)
    expect(line).not.toContain('secret')
  })
})

describe('a service that cannot start ends with one line and exit code 1', () => {
  it('says that its port is taken', async () => {
    const { url } = await forThisTest(openTestDatabase())
    const other = createServer()
    onTestFinished(() => void other.close())
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const taken = typeof address === 'object' ? `${address?.port}` : ''
    expect(await failure(['serve'], { PORT: taken, DATABASE_URL: url })).toBe(
      `entente: PORT: ${taken} on 127.0.0.1 is taken by another program; stop that one, or set another PORT\n`,
    )
  })

  it('says that nothing listens where DATABASE_URL points', async () => {
    expect(await failure(['serve'], { DATABASE_URL: 'postgresql://someone:secret@127.0.0.1:1/some' })).toBe(
      'entente: DATABASE_URL: nothing listens at 127.0.0.1:1; is PostgreSQL running there?\n',
    )
  })

  it('says that the database is newer than the code', async () => {
    const { url, pool } = await forThisTest(openTestDatabase())
    await pool.query(
      "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 99999999999999)",
    )
    expect(await failure(['serve'], { DATABASE_URL: url })).toMatch(
      /^entente: the database is newer than this version of Entente.*\n$/,
    )
  })
})

describe('the service', () => {
  it('says on its first line where it is, logs JSON after it, and ends with exit code 0 on SIGTERM', async () => {
    const { url } = await forThisTest(openTestDatabase())
    const service = run(['serve'], { PORT: '0', DATABASE_URL: url, ADMIN_KEY: 'a-key-for-this-one-test' })
    const line = await service.firstLine
    expect(line).toMatch(/^Entente listens on (http:\/\/127\.0\.0\.1:\d+) \(documentation: \1\/docs\)$/)
    const [address] = /http:\S+/.exec(line) ?? []
    expect((await fetch(`${address}/readyz`)).status).toBe(200)
    service.signal('SIGTERM')
    const { code, stdout, stderr } = await service.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [, ...log] = stdout.trimEnd().split('\n')
    expect(() => log.map((entry) => JSON.parse(entry))).not.toThrow()
  })

  it('says on its first line that nobody has ADMIN_KEY, and how to make keys', async () => {
    const { url } = await forThisTest(openTestDatabase())
    const service = run(['serve'], { PORT: '0', DATABASE_URL: url })
    expect(await service.firstLine).toMatch(/; ADMIN_KEY is not set: make keys with 'entente key create'$/)
  })

  it('needs nothing but a folder: it makes its database and its key, keeps both, and stops on Ctrl-C', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'entente-main-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const env = { PORT: '0', DATA_DIR: join(folder, 'data'), SEED: 'reference' }
    const keyFile = join(folder, 'data/admin-key')

    const first = run([], env)
    const line = await first.firstLine
    const key = (await readFile(keyFile, 'utf8')).trim()
    expect(line).toContain(key)
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    first.signal('SIGINT')
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await readdir(join(folder, 'data/postgres'))).not.toContain('postmaster.pid')

    const second = run([], env)
    const laterLine = await second.firstLine
    expect(laterLine).toContain(keyFile)
    expect(laterLine).not.toContain(key)
    second.signal('SIGINT')
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' })
  })
})

it('seeding from the command line adds what is missing, and nothing the second time', async () => {
  const { url } = await forThisTest(openEmptyDatabase())
  const first = await run(['seed', 'reference'], { DATABASE_URL: url }).ended
  expect(first.stdout).toMatch(/^[1-9]\d* records created, 0 already present\.\n$/)
  const second = await run(['seed', 'reference'], { DATABASE_URL: url }).ended
  expect(second.stdout).toMatch(/^0 records created, [1-9]\d* already present\.\n$/)
})
