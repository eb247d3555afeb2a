import { expect, it, onTestFinished, vi } from 'vitest'
import { adminKey } from '../support/app.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { type Run, run } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'

/** Uncaught errors in a real process. */

vi.setConfig({ testTimeout: 60_000 })

async function openService(env: NodeJS.ProcessEnv) {
  const { url, pool, close } = await openTestDatabase()
  onTestFinished(close)
  const service = run(['serve'], {
    PORT: '0',
    DATABASE_URL: url,
    ADMIN_KEY: adminKey,
    LOG_LEVEL: 'fatal',
    NODE_OPTIONS: '--import ./test/support/throw-on-signal.js',
    ...env,
  })
  const [origin = ''] = /http:\S+/.exec(await service.firstLine) ?? []
  return { service, origin, pool }
}

/** Makes the process throw an uncaught error (`throw-on-signal.js`). */
const throwError = ({ pid }: Run) => {
  if (pid !== undefined) process.kill(pid, 'SIGWINCH')
}

it('the process continues after errors that affect one connection or file, and reports some', async () => {
  const { service, origin } = await openService({ UNCAUGHT_CODE: 'EMFILE' })
  for (let times = 0; times < 5; times += 1) {
    throwError(service)
    expect((await fetch(`${origin}/v1/topics/energy`)).status).toBe(200)
  }
  service.signal('SIGTERM')
  const { code, stderr } = await service.ended
  expect(code).toBe(0)
  expect(stderr).toMatch(/the process continues[\s\S]*thrown by a test/)
  expect(stderr.match(/the process continues/g)?.length).toBeLessThan(5)
})

it('any other error ends the process with code 1, after the response to an accepted request', async () => {
  const { service, origin, pool } = await openService({ DRAIN_SECONDS: '1' })
  const holder = await pool.connect()
  await holder.query("begin; select from topics where slug = 'energy' for update")
  const headers = {
    authorization: `Bearer ${adminKey}`,
    'if-match': '*',
    'content-type': 'application/merge-patch+json',
  }
  const waiting = fetch(`${origin}/v1/topics/energy`, {
    method: 'PATCH',
    headers,
    body: '{"name":"Accepted"}',
  })
  await waitUntilBlocked(pool)
  throwError(service)
  await expect.poll(async () => (await fetch(`${origin}/readyz`)).status, { interval: 5 }).toBe(503)
  await holder.query('rollback')
  holder.release()
  expect((await waiting).status).toBe(200)
  const { code, stderr } = await service.ended
  expect(code).toBe(1)
  expect(stderr).toContain('thrown by a test')
})
