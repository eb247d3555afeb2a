import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepInFlight } from '../repetition.ts'
import { host, type Target } from '../target.ts'
import { type Attack, ask, drop } from './attack.ts'

/** Connections that are held for as long as the service lets them. */

/** Holds 1,100 connections and sends nothing on them. */
export const idleConnections: Attack = ({ port, localAddress }, tally) => {
  keepInFlight(1100, 1000, async () => {
    tally.add('begun')
    const socket = connect({ host, port, localAddress })
    socket.on('connect', () => tally.add('connected'))
    socket.on('error', () => {})
    await once(socket, 'close')
    tally.add('closed')
  })
}

/** Sends thousands of requests at once on each of 20 connections, again when they are closed. */
export const pipelinedRequests: Attack = ({ port, localAddress }, tally) => {
  const packet = 'GET /v1/agreements?limit=1 HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2000)
  keepInFlight(20, 200, async () => {
    tally.add('begun')
    await exchange({ port, localAddress }, packet)
  })
}

/** Keeps four searches in flight whose bodies come in chunks of one byte. */
export const smallChunks: Attack = ({ port, localAddress }, tally) => {
  const fields = [
    'host: x',
    'content-type: application/json',
    'transfer-encoding: chunked',
    'connection: close',
  ]
  const head = `POST /v1/agreements/search HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`
  const bytes = `${head}${'1\r\n \r\n'.repeat(1024 * 1024 - 100)}2\r\n{}\r\n0\r\n\r\n`
  keepInFlight(4, 200, async () => {
    tally.add('begun')
    await exchange({ port, localAddress }, bytes)
    tally.add('closed')
  })
}

/** Sends bytes on a connection of its own, and drops what comes back until the service closes it. */
async function exchange({ port, localAddress }: Target, bytes: string): Promise<void> {
  const socket = connect({ host, port, localAddress })
  socket.on('error', () => {})
  socket.resume()
  socket.write(bytes)
  await once(socket, 'close')
}

/** Reads five exports, each at 1 kB a second. */
export const slowExports: Attack = (target, tally) => {
  keepInFlight(5, 1000, async () => {
    const path = '/v1/agreements/export?format=ndjson'
    const response = await ask(target, tally, { path })
    while (!response.readableEnded && !response.destroyed) {
      response.read(1024)
      await sleep(1000)
    }
  })
}

/** Later than every change, so that the stream has nothing to send before the next change. */
const future = '999999999999999999.0'

/** The streams are opened within so many milliseconds: a thousand pages are not opened at the same moment. */
const openedWithinMs = 5000

/** Follows the changes on 1,000 streams, each of which is opened again a second after it was refused or cut. */
export const hastyStreams: Attack = (target, tally) => {
  keepInFlight(1000, 1000, async () => {
    await drop(await ask(target, tally, { path: '/v1/changes/stream', headers: { 'last-event-id': future } }))
  })
}

/** Follows the changes on 1,000 streams, reads what comes, and waits for as long as `Retry-After` says where it is refused. */
export const manyStreams: Attack = (target, tally) => {
  keepInFlight(1000, 1000, async () => {
    await sleep(Math.random() * openedWithinMs)
    const headers = { 'last-event-id': future }
    const response = await ask(target, tally, { path: '/v1/changes/stream', headers })
    await drop(response)
    await sleep(1000 * Number(response.headers['retry-after'] ?? 0))
  })
}

/** Replays all changes on 400 streams, and reads nothing of them. */
export const pausedReplays: Attack = (target, tally) => {
  keepInFlight(400, 1000, async () => {
    const response = await ask(target, tally, { path: '/v1/changes/stream' })
    await once(response, 'close')
  })
}
