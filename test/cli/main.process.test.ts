import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { run, runInProcess } from '../support/command-line.ts'
import { openEmptyDatabase, openTestDatabase } from '../support/database.ts'
import { simulateIncompatibleMigration } from '../support/first-migrations.ts'
import { useOpened } from '../support/use-opened.ts'

// Some tests start a Node.js process, which is slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const database = useOpened(openTestDatabase)

describe('a service that cannot start', () => {
  it('ends with exit code 1, and names every invalid value, but no secret, in one line', async () => {
    const env = { PROT: '80', PORT: '80x', SEED: 'al', DATABASE_URL: 'mysql://root:secret@host/x' }
    const { code, stdout, stderr } = await run([], env).ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    const [warning, line, ...more] = stderr.trimEnd().split('\n')
    expect(warning).toBe('entente: the environment variable PROT has no effect. Did you mean PORT?')
    expect(line).toMatch(/^entente: .*PORT must be a whole number.*'80x'/)
    expect(line).toMatch(/SEED must be one of all, reference, none, not 'al'/)
    expect(line).toMatch(/DATABASE_URL must be a URL like postgresql:/)
    expect(line).not.toContain('secret')
    expect(more).toEqual([])
  })

  it('says that its port is taken', async () => {
    const other = createServer()
    onTestFinished(() => void other.close())
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const taken = typeof address === 'object' ? `${address?.port}` : ''
    const env = { PORT: taken, DATABASE_URL: database.url, LOG_LEVEL: 'silent', DRAIN_SECONDS: '0' }
    await expect(runInProcess(['serve'], env)).rejects.toThrow(
      `PORT: ${taken} on 127.0.0.1 is taken by another program; stop it, or set another PORT`,
    )
  })

  it('says that the connection to DATABASE_URL is refused', async () => {
    const env = { DATABASE_URL: 'postgresql://someone:secret@127.0.0.1:1/some' }
    await expect(runInProcess(['serve'], env)).rejects.toThrow(
      /^DATABASE_URL: connection refused at 127\.0\.0\.1:1; is PostgreSQL running there\?$/,
    )
  })

  it('says in one line, without a warning of pg, that the server has no TLS', async () => {
    const url = new URL(database.url)
    url.searchParams.set('sslmode', 'require')
    const { code, stderr } = await run(['serve'], { DATABASE_URL: url.href }).ended
    expect(stderr).toMatch(/^entente: DATABASE_URL: [^\n]+The server does not support SSL connections\n$/)
    expect(code).toBe(1)
  })

  it('says that the database is newer than the code', async () => {
    const newer = await openTestDatabase()
    onTestFinished(newer.close)
    await simulateIncompatibleMigration(newer.pool)
    await expect(runInProcess(['serve'], { DATABASE_URL: newer.url })).rejects.toThrow(
      /^the database is newer than this version of Entente[^\n]*$/,
    )
  })
})

describe('a database that lacks declared tables or columns, for which no migration was generated', () => {
  const lacking: [string, string, string][] = [
    ['columns', 'alter table projects drop column summary cascade', '(projects.summary, projects.search)'],
    ['a table', 'drop table projects_agreements', '(projects_agreements)'],
  ]
  it.each(lacking)('is refused by serve and verify if it lacks %s', async (_what, statement, named) => {
    const { url, pool, close } = await openTestDatabase()
    onTestFinished(close)
    await pool.query(
      `drop schema past, published, published_past cascade; ${statement}; select sync_history()`,
    )
    for (const command of ['serve', 'verify']) {
      const failure = runInProcess([command], { DATABASE_URL: url, PORT: '0' })
      await expect(failure).rejects.toThrow(`declares ${named}: `)
      await expect(failure).rejects.toThrow('npm run migration -- --name')
    }
  })
})

describe('a service that has started', () => {
  it('prints its address first, logs JSON after it, and ends with exit code 0 on SIGTERM', async () => {
    const env = { PORT: '0', DATABASE_URL: database.url, ADMIN_KEY: 'a-key-for-this-one-test' }
    const service = run(['serve'], env)
    const line = await service.firstLine
    expect(line).toMatch(/^Entente listens on (http:\/\/127\.0\.0\.1:\d+) \(documentation: \1\/docs\)$/)
    const [address] = /http:\S+/.exec(line) ?? []
    expect((await fetch(`${address}/v1/topics/energy`)).status).toBe(200)
    service.signal('SIGTERM')
    const { code, stdout, stderr } = await service.ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [, ...lines] = stdout.trimEnd().split('\n')
    const log = lines.map((line) => JSON.parse(line))
    expect(log).toContainEqual(expect.objectContaining({ operationId: 'getTopic' }))
  })

  it('says at its start that ADMIN_KEY is not set, and how to create keys', async () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {})
    onTestFinished(() => print.mockRestore())
    const env = { PORT: '0', DATABASE_URL: database.url, LOG_LEVEL: 'silent', DRAIN_SECONDS: '0' }
    await runInProcess(['serve'], env)
    expect(print).toHaveBeenCalledWith(
      expect.stringMatching(/; ADMIN_KEY is not set: create keys with 'entente key create'$/),
    )
  })
})

it('seeding fills an empty database, and creates only missing records the second time', async () => {
  const { url, pool, close } = await openEmptyDatabase()
  onTestFinished(close)
  const seed = () => runInProcess(['seed', 'reference'], { DATABASE_URL: url })
  expect(await seed()).toMatch(/^[1-9]\d* records created, 0 already present\.$/)
  expect(await seed()).toMatch(/^0 records created, [1-9]\d* already present\.$/)
  await pool.query("delete from topics where slug = 'crs-99820'")
  expect(await seed()).toMatch(/^1 record created, [1-9]\d* already present\.$/)
})
