import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { adminKey } from '../support/app.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { run } from '../support/command-line.ts'
import { openTestDatabase } from '../support/database.ts'
import { makeTemporaryFolder } from '../support/temporary-folder.ts'

/** Stops a real process with SIGTERM. */

vi.setConfig({ testTimeout: 60_000 })

interface ResponseSummary {
  status: number
  connection: string | undefined
}

function send(
  agent: Agent,
  origin: string,
  path: string,
  method = 'GET',
  body?: string,
): Promise<ResponseSummary> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${adminKey}`,
      ...(body !== undefined && { 'if-match': '*', 'content-type': 'application/merge-patch+json' }),
    }
    const sent = request(`${origin}${path}`, { agent, method, headers }, (response) => {
      response.resume().on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          connection: response.headers.connection,
        }),
      )
      response.on('error', reject)
    })
    sent.on('error', reject).end(body)
  })
}

it('on SIGTERM under load, the service completes every accepted request and ends with code 0', async () => {
  const { url, pool, close } = await openTestDatabase()
  onTestFinished(close)
  const env = {
    PORT: '0',
    DATABASE_URL: url,
    ADMIN_KEY: adminKey,
    LOG_LEVEL: 'warn',
    // The change that waits for a lock would be logged as slow.
    SLOW_STATEMENT_MS: '0',
    DRAIN_SECONDS: '1',
    // The limit does not apply during the shutdown, when each request opens a connection.
    MAX_CONNECTIONS_PER_SECOND: '10',
  }
  const service = run(['serve'], env)
  const [origin = ''] = /http:\S+/.exec(await service.firstLine) ?? []
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())

  // This change waits for a lock until long after the signal.
  const holder = await pool.connect()
  await holder.query("begin; select from topics where slug = 'energy' for update")
  const waiting = send(agent, origin, '/v1/topics/energy', 'PATCH', '{"name":"Accepted"}')

  const outcomes: ResponseSummary[] = []
  const failures: unknown[] = []
  let stopped = false
  const client = async (path: string, method: string, body?: string) => {
    while (!stopped) {
      try {
        outcomes.push(await send(agent, origin, path, method, body))
      } catch (error) {
        // The server no longer listens. No request is lost, since the connection was not accepted.
        if (Object(error).code === 'ECONNREFUSED') return
        failures.push(error)
      }
    }
  }
  const clients = [
    ...Array.from({ length: 6 }, () => client('/v1/topics?limit=2', 'GET')),
    client('/v1/topics/ocean', 'PATCH', '{"name":"Ocean"}'),
  ]
  await waitUntilBlocked(pool)
  await expect.poll(() => outcomes.length).toBeGreaterThan(clients.length)
  service.signal('SIGTERM')
  const before = outcomes.length
  await expect.poll(async () => (await send(agent, origin, '/readyz')).status, { interval: 5 }).toBe(503)
  const { connection } = await send(agent, origin, '/healthz')
  expect(connection).toBe('close')
  // Like a load balancer, the clients stop sending soon after the signal, before the server stops listening.
  await sleep(500)
  stopped = true
  await Promise.all(clients)
  expect(failures).toEqual([])
  expect(outcomes.length).toBeGreaterThan(before)
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200]))

  await holder.query('rollback')
  holder.release()
  expect(await waiting).toMatchObject({ status: 200, connection: 'close' })
  const { code, stdout, stderr } = await service.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  // The only line is the startup message. Stopping, and the 503 of `/readyz`, cause no warnings.
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  const { rows } = await pool.query("select name from topics where slug = 'energy'")
  expect(rows).toEqual([{ name: 'Accepted' }])
})

it('on SIGTERM, the service ends although a client holds a connection without a request', async () => {
  const { url, close } = await openTestDatabase()
  onTestFinished(close)
  const env = { PORT: '0', DATABASE_URL: url, ADMIN_KEY: adminKey, LOG_LEVEL: 'warn', DRAIN_SECONDS: '0' }
  const service = run(['serve'], env)
  const { hostname, port } = new URL(/http:\S+/.exec(await service.firstLine)?.[0] ?? '')
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  service.signal('SIGTERM')
  expect(await Promise.race([service.ended.then(({ code }) => code), sleep(10_000, 'running')])).toBe(0)
  await closed
})

it('on SIGTERM, a request that never arrives completely is given up after ten seconds', async () => {
  const folder = await makeTemporaryFolder('shutdown')
  const env = { PORT: '0', DATA_DIR: folder, SEED: 'none', LOG_LEVEL: 'silent' }
  const service = run(['serve'], env)
  const { hostname, port } = new URL(/http:\S+/.exec(await service.firstLine)?.[0] ?? '')
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.write(
    'POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
  )
  const closed = once(socket, 'close')
  // When /healthz has been answered, the incomplete request has arrived, too.
  await fetch(`http://${hostname}:${port}/healthz`)
  const signalledAt = performance.now()
  service.signal('SIGTERM')
  expect(await service.ended).toMatchObject({ code: 0, stderr: '' })
  await closed
  const seconds = (performance.now() - signalledAt) / 1000
  expect(seconds).toBeGreaterThan(9.9)
  // The time until the end includes the end of PostgreSQL.
  expect(seconds).toBeLessThan(20)
  expect(await readdir(join(folder, 'postgres'))).not.toContain('postmaster.pid')
})

it('on SIGTERM to npm, its shell and the service, the service still answers for DRAIN_SECONDS', async () => {
  const { url, close } = await openTestDatabase()
  onTestFinished(close)
  const env = { PORT: '0', DATABASE_URL: url, ADMIN_KEY: adminKey, DRAIN_SECONDS: '2', LOG_LEVEL: 'silent' }
  const service = run(['serve'], { ...env, npm_lifecycle_event: 'start' }, { hasShell: true })
  const [origin] = /http:\S+/.exec(await service.firstLine) ?? []
  service.signal('SIGTERM')
  // Longer than the service needs to notice that the shell has ended.
  await sleep(1000)
  expect((await fetch(`${origin}/readyz`)).status).toBe(503)
  expect((await service.ended).stderr).toBe('')
})
