import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { createServerFactory } from '../../src/server/http-server.ts'
import { connections } from '../../src/server/plugins/connections.ts'
import { metrics } from '../../src/server/plugins/metrics.ts'
import { completionTimeoutMs, shutdown } from '../../src/server/plugins/shutdown.ts'
import { getPort } from '../support/ports.ts'

/** The end of the connections of clients during a shutdown. */

/** Milliseconds for which the responses of `openServer` wait. */
const delayMs = 200

/** Opens a server. The response to `/` ends `delayMs` after it begins, and the response to `/later` begins after `delayMs`. */
async function openServer() {
  const serverFactory = createServerFactory({ connectionTimeoutMs: 300_000, keepAliveTimeout: 72_000 })
  const app = Fastify({ serverFactory, return503OnClosing: false })
  await app.register(metrics)
  await app.register(connections, { maxConnections: 9, maxPerAddress: 9, maxNewPerSecond: 0, proxies: [] })
  await app.register(shutdown, { drainMs: 0 })
  async function* slowly() {
    yield 'begin '
    await sleep(delayMs)
    yield 'end'
  }
  let laterCount = 0
  app.get('/', async (_request, reply) => reply.send(Readable.from(slowly())))
  app.get('/later', async () => {
    laterCount += 1
    await sleep(delayMs)
    return 'whole'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const port = getPort(app.server)
  return { app, port, countLater: () => laterCount }
}

it('closes a connection at the end of a response that began before the shutdown', async () => {
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

it('starts no request after a response that closes the connection (RFC 9112, section 9.6)', async () => {
  const { app, port, countLater } = await openServer()
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /later HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2))
  await expect.poll(countLater).toBe(1)
  const [output] = await Promise.all([text(socket), app.close()])
  expect(output).toMatch(/connection: close/i)
  expect(countLater()).toBe(1)
})
