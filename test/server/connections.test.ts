// @module-tag slow

import { once } from 'node:events'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { connect, type Socket } from 'node:net'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { descriptorLimit, maxClientConnections } from '../../src/server/descriptors.ts'
import { type Api, useTestApi } from '../support/api.ts'

/** Limits on the connections of clients. */

const opened: Socket[] = []
const closeOpened = () => {
  for (const socket of opened.splice(0)) socket.destroy()
}

/** Opens connections that send nothing. */
async function openIdle(api: Api, count: number, localAddress = '127.0.0.1'): Promise<Socket[]> {
  const { hostname, port } = new URL(api.origin)
  const sockets = Array.from({ length: count }, () =>
    connect({ port: Number(port), host: hostname, localAddress }),
  )
  for (const socket of sockets) socket.on('error', () => {}).resume()
  opened.push(...sockets)
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return sockets
}

const openCount = (sockets: Socket[]) => sockets.filter(({ closed }) => !closed).length

/** Waits until a connection is closed or reset. */
const waitUntilClosed = (socket: Socket) =>
  new Promise<string>((resolve) => socket.once('close', () => resolve('closed')))

/** Sends a request on a connection, and returns the first bytes of the response. */
async function send(socket: Socket, path: string): Promise<string> {
  const response = once(socket, 'data')
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
  return String((await response)[0])
}

describe('with at most 20 connections', () => {
  const api = useTestApi({ env: { MAX_CONNECTIONS: '20', MAX_CONNECTIONS_PER_ADDRESS: '1000' } })
  afterAll(closeOpened)

  it('closes the longest idle connections for new ones, but no connection with a request', async () => {
    const [reader] = await openIdle(api, 1)
    if (!reader) throw new Error('there is no connection')
    expect(await send(reader, '/v1/changes/stream')).toMatch(/^HTTP\/1\.1 200 /)
    const idle: Socket[] = []
    for (let round = 0; round < 8; round += 1) {
      idle.push(...(await openIdle(api, 5)))
      expect((await api.get('/v1/topics?limit=1')).status).toBe(200)
    }
    await expect.poll(() => openCount(idle)).toBeLessThanOrEqual(20)
    expect(idle.at(0)?.closed).toBe(true)
    expect(idle.at(-1)?.closed).toBe(false)
    expect(reader.closed).toBe(false)
    expect((await api.get('/metrics')).text).toMatch(
      /entente_connections_closed_total\{reason="idle"\} [1-9]/,
    )
  })

  it('closes no connection whose request waits in the queue while its address opens connections', async () => {
    const { hostname, port } = new URL(api.origin)
    const first = connect(Number(port), hostname)
    opened.push(first)
    const response = Promise.race([send(first, '/v1/topics?limit=1'), waitUntilClosed(first)])
    await openIdle(api, 60)
    expect(await response).toMatch(/^HTTP\/1\.1 200 /)
  })
})

describe.runIf(process.platform === 'linux')('with at most 5 connections per address', () => {
  const limitedAddress = '127.0.0.2'
  const api = useTestApi({ env: { MAX_CONNECTIONS_PER_ADDRESS: '5', TRUST_PROXY: '127.0.0.3/32' } })
  afterAll(closeOpened)

  it('a new connection above the limit closes only an idle connection of the same address', async () => {
    const [unaffected] = await openIdle(api, 1, '127.0.0.1')
    const others = await openIdle(api, 12, limitedAddress)
    await expect.poll(() => openCount(others)).toBe(5)
    const last = others.at(-1)
    expect(last && (await send(last, '/v1/topics?limit=1'))).toMatch(/^HTTP\/1\.1 200 /)
    expect(unaffected?.closed).toBe(false)
  })

  it('a proxy in TRUST_PROXY may open any number of connections', async () => {
    const proxied = await openIdle(api, 12, '127.0.0.3')
    expect((await api.get('/v1/topics?limit=1')).status).toBe(200)
    expect(openCount(proxied)).toBe(12)
  })
})

describe.runIf(process.platform === 'linux')('with at most 2 new connections per address and second', () => {
  const api = useTestApi({ env: { MAX_CONNECTIONS_PER_SECOND: '2', TRUST_PROXY: '127.0.0.3/32' } })
  afterAll(closeOpened)

  it('closes new connections after about ten, serves other addresses, and later the same one', async () => {
    // At once, an address may open as many connections as the limit allows in five seconds.
    const burst = await openIdle(api, 40, '127.0.0.2')
    await expect.poll(() => openCount(burst)).toBeLessThan(20)
    expect(openCount(burst)).toBeGreaterThanOrEqual(10)
    const [unaffected] = await openIdle(api, 1, '127.0.0.4')
    expect(unaffected && (await send(unaffected, '/v1/topics?limit=1'))).toMatch(/^HTTP\/1\.1 200 /)
    const sendLater = async () => {
      const [later] = await openIdle(api, 1, '127.0.0.2')
      return later && Promise.race([send(later, '/healthz'), once(later, 'close').then(() => 'closed')])
    }
    await expect.poll(sendLater, { interval: 1000, timeout: 10_000 }).toMatch(/^HTTP\/1\.1 200 /)
    expect((await api.get('/metrics')).text).toMatch(
      /entente_connections_closed_total\{reason="rate"\} [1-9]/,
    )
  })

  it('a proxy in TRUST_PROXY may open any number of connections per second', async () => {
    const proxied = await openIdle(api, 40, '127.0.0.3')
    expect((await api.get('/v1/topics?limit=1')).status).toBe(200)
    expect(openCount(proxied)).toBe(40)
  })
})

describe.runIf(process.platform === 'linux')('an address that misuses its connections', () => {
  // With a low limit, the address is blocked for about two seconds. With a higher one, the block would end before the check.
  const api = useTestApi({ env: { MAX_CONNECTIONS_PER_SECOND: '2' } })
  afterAll(closeOpened)

  const chunked = 'POST /v1/topics/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
  const misuses = [
    ['thousands of pipelined requests', '127.0.0.2', 'GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2000)],
    [
      'thousands of tiny chunks',
      '127.0.0.3',
      `${chunked}transfer-encoding: chunked\r\n\r\n${'1\r\n \r\n'.repeat(5000)}`,
    ],
  ] as const

  it.each(misuses)(
    'is blocked for a while, unlike other addresses: %s',
    async (_what, address, bytes) => {
      /** Opens a connection and sends a request on it. The server may reset it before or after it is open. */
      const tryRequest = async () => {
        const [socket] = await openIdle(api, 1, address).catch(() => [])
        return socket
          ? Promise.race([send(socket, '/healthz').catch(() => 'closed'), waitUntilClosed(socket)])
          : 'closed'
      }
      expect(await tryRequest()).toMatch(/^HTTP\/1\.1 200 /)
      const [used, unused] = await openIdle(api, 2, address)
      if (!used || !unused) throw new Error('there are no connections')
      const bothClosed = Promise.all([waitUntilClosed(used), waitUntilClosed(unused)])
      used.write(bytes)
      await bothClosed
      expect(await tryRequest()).toBe('closed')
      const [unaffected] = await openIdle(api, 1)
      expect(unaffected && (await send(unaffected, '/healthz'))).toMatch(/^HTTP\/1\.1 200 /)
      await expect.poll(tryRequest, { interval: 500, timeout: 10_000 }).toMatch(/^HTTP\/1\.1 200 /)
    },
    20_000,
  )
})

describe('the number of connections', () => {
  it('is limited so that file descriptors remain for the database and for files', () => {
    expect(maxClientConnections(1024, undefined, 20)).toBe(904)
    expect(maxClientConnections(1024, 5000, 20)).toBe(904)
    expect(maxClientConnections(1024, 50, 20)).toBe(50)
    expect(maxClientConnections(Number.POSITIVE_INFINITY, undefined, 20)).toBe(10_000)
  })

  it('that the limit of open files allows must not be too small', () => {
    expect(() => maxClientConnections(120, undefined, 20)).toThrow(/ulimit -n/)
  })

  it.runIf(process.platform === 'linux')(
    'is not limited by open files if their limit cannot be read, as without /proc',
    () => {
      const read = vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
        throw new Error('ENOENT')
      })
      syncBuiltinESMExports()
      onTestFinished(() => {
        read.mockRestore()
        syncBuiltinESMExports()
      })
      expect(descriptorLimit()).toBe(Number.POSITIVE_INFINITY)
    },
  )
})
