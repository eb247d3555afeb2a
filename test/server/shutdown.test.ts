import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { createServerFactory } from '../../src/server/http-server.ts'
import { connections } from '../../src/server/plugins/connections.ts'
import { metrics } from '../../src/server/plugins/metrics.ts'
import { completionTimeoutMs, shutdown } from '../../src/server/plugins/shutdown.ts'

/** The end of the connections of clients during a shutdown. */

/** Opens a server whose response to `/` ends half a second after its begin. */
async function openServer() {
  const serverFactory = createServerFactory({ connectionTimeoutMs: 300_000, keepAliveTimeout: 72_000 })
  const app = Fastify({ serverFactory })
  await app.register(metrics)
  await app.register(connections, { maxConnections: 9, maxPerAddress: 9, maxNewPerSecond: 0, proxies: [] })
  await app.register(shutdown, { drainMs: 0 })
  async function* slowly() {
    yield 'begin '
    await sleep(500)
    yield 'end'
  }
  app.get('/', async (_request, reply) => reply.send(Readable.from(slowly())))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { app, port: (app.server.address() as AddressInfo).port }
}

it('closes a connection when its response ends that began before the shutdown', async () => {
  const { app, port } = await openServer()
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  const [response] = await once(request({ port, host: '127.0.0.1', agent }).end(), 'response')
  const startedAt = performance.now()
  const closed = app.close()
  expect((await response.setEncoding('utf8').toArray()).join('')).toBe('begin end')
  await closed
  expect(performance.now() - startedAt).toBeLessThan(completionTimeoutMs / 2)
})
