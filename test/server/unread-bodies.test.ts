import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it } from 'vitest'
import { adminKey, openTestApp } from '../support/app.ts'
import { useOpened } from '../support/use-opened.ts'

/** Bodies that are refused before they are read. */

const MiB = 1024 * 1024

const service = useOpened(openTestApp)
let port: number
beforeAll(async () => {
  port = Number(new URL(await service.app.listen({ port: 0, host: '127.0.0.1' })).port)
})

const requestHead = (bytes: number) =>
  `POST /v1/agreements HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${adminKey}\r\n` +
  `content-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`

/** Sends a body in parts of 1 MiB with pauses, to its end or until the connection is closed. Returns the response. */
async function sendSlowly(bytes: number) {
  const socket = connect(port, '127.0.0.1')
  const parts: Buffer[] = []
  const errors: Error[] = []
  socket.on('data', (part: Buffer) => parts.push(part)).on('error', (error) => errors.push(error))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(requestHead(bytes))
  let sent = 0
  while (sent < bytes && !socket.destroyed) {
    socket.write(Buffer.alloc(MiB, ' '))
    sent += MiB
    await sleep(20)
  }
  await closed
  return { response: Buffer.concat(parts).toString(), errors, sent }
}

it('a client that sends a whole body above the limit gets 413 without a connection reset', async () => {
  const { response, errors } = await sendSlowly(8 * MiB)
  expect(response).toMatch(/^HTTP\/1.1 413 /)
  expect(errors).toEqual([])
})

it('the connection of a client that sends endlessly is closed', async () => {
  const { sent } = await sendSlowly(200 * MiB)
  expect(sent).toBeLessThan(100 * MiB)
})

it('a body above the limit of its route does not keep other clients from sending large bodies', async () => {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write(
    'POST /v1/agreements/search HTTP/1.1\r\nhost: localhost\r\n' +
      'content-type: application/json\r\ncontent-length: 1000000000\r\n\r\n{',
  )
  const readMetrics = async () => (await service.app.inject('/metrics')).body
  // The request for the metrics is in flight, too.
  await expect.poll(readMetrics, { interval: 10 }).toMatch(/^entente_http_requests_in_flight 2$/m)
  const response = await fetch(`http://127.0.0.1:${port}/v1/agreements/bulk`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ operations: Array.from({ length: 900 }, () => ({ op: 'x'.repeat(1500) })) }),
  })
  expect(response.status).toBe(422)
  socket.destroy()
})
