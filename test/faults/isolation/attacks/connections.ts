import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { feedEnd } from '../../feed.ts'
import { keepInFlight } from '../repetition.ts'
import { host, type Sender } from '../sender.ts'
import { type Attack, discardBody, sendCounted } from './attack.ts'

/** Attacks that keep connections open for as long as the service allows. */

/** Resolves when a connection or a response is closed, even if an error, such as a reset, closes it. */
const waitForClose = (stream: Readable) =>
  new Promise<void>((resolve) => {
    stream.on('error', () => {}).once('close', () => resolve())
  })

/** Keeps 1,100 connections open and sends nothing on them. */
export const idleConnections: Attack = ({ port, localAddress }, counter) => {
  keepInFlight(1100, 1000, async () => {
    counter.add('started')
    const socket = connect({ host, port, localAddress })
    socket.on('connect', () => counter.add('connected'))
    await waitForClose(socket)
    counter.add('closed')
  })
}

/** Pipelines 2,000 requests on each of 20 connections, and reconnects when the service closes one. */
export const pipelinedRequests: Attack = ({ port, localAddress }, counter) => {
  const packet = 'GET /v1/agreements?limit=1 HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2000)
  keepInFlight(20, 200, async () => {
    counter.add('started')
    await exchange({ port, localAddress }, packet)
  })
}

/** Keeps four searches in flight whose bodies come in chunks of one byte. */
export const smallChunks: Attack = ({ port, localAddress }, counter) => {
  const fields = [
    'host: x',
    'content-type: application/json',
    'transfer-encoding: chunked',
    'connection: close',
  ]
  const head = `POST /v1/agreements/search HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`
  const bytes = `${head}${'1\r\n \r\n'.repeat(1024 * 1024 - 100)}2\r\n{}\r\n0\r\n\r\n`
  keepInFlight(4, 200, async () => {
    counter.add('started')
    await exchange({ port, localAddress }, bytes)
    counter.add('closed')
  })
}

/** Sends bytes on a new connection, and discards the response until the service closes the connection. */
async function exchange({ port, localAddress }: Sender, bytes: string): Promise<void> {
  const socket = connect({ host, port, localAddress })
  socket.resume()
  socket.write(bytes)
  await waitForClose(socket)
}

/** Reads five exports at 1 kB a second each. */
export const slowExports: Attack = (sender, counter) => {
  keepInFlight(5, 1000, async () => {
    const path = '/v1/agreements/export?format=ndjson'
    const response = await sendCounted(sender, counter, { path })
    while (!response.readableEnded && !response.destroyed) {
      response.read(1024)
      await sleep(1000)
    }
  })
}

/** Returns headers with the position of the last change. With these headers, a stream sends nothing until the next change. */
const fromEnd = async ({ port }: Sender) => ({ 'last-event-id': await feedEnd(`http://${host}:${port}`) })

/** Streams are opened at random times within this period, like the pages of many users. */
const openedWithinMs = 5000

/** Follows the changes on 1,000 streams. Each reconnects as soon as it is refused or closed, but at most once a second. */
export const impatientStreams: Attack = (sender, counter) => {
  const headers = fromEnd(sender)
  keepInFlight(1000, 1000, async () => {
    await discardBody(
      await sendCounted(sender, counter, { path: '/v1/changes/stream', headers: await headers }),
    )
  })
}

/** Follows the changes on 1,000 streams, reads them, and waits for `Retry-After` when a stream is refused. */
export const manyStreams: Attack = (sender, counter) => {
  const headers = fromEnd(sender)
  keepInFlight(1000, 1000, async () => {
    await sleep(Math.random() * openedWithinMs)
    const request = { path: '/v1/changes/stream', headers: await headers }
    const response = await sendCounted(sender, counter, request)
    await discardBody(response)
    await sleep(1000 * Number(response.headers['retry-after'] ?? 0))
  })
}

/** Requests all changes on 400 streams, and reads none of them. */
export const pausedReplays: Attack = (sender, counter) => {
  keepInFlight(400, 1000, async () => {
    const response = await sendCounted(sender, counter, { path: '/v1/changes/stream' })
    await waitForClose(response)
  })
}
