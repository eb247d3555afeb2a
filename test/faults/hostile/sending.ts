import http from 'node:http'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Request } from './operations.ts'

/** A response with its body. */
export interface RawResponse {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })

/** Sends a request unchanged; `fetch` would normalize it. @throws when the connection is lost. */
export function send(origin: string, { method, url, headers, body }: Request): Promise<RawResponse> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const options = { agent, hostname, port, method, path: url, headers: { ...headers, ...length } }
    const request = http.request(options, (response) => {
      buffer(response).then(
        (bytes) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: bytes.toString() }),
        reject,
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

/**
 * Sends parts on a new connection with pauses between them. Closes the connection after five seconds of silence.
 * @returns all that was received, once either side has closed the connection.
 */
export function sendBytes(origin: string, parts: readonly string[], pauseMs = 0): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    const left = [...parts]
    let output = ''
    const next = () => {
      const part = left.shift()
      if (part === undefined || socket.destroyed) return
      socket.write(Buffer.from(part, 'latin1'))
      setTimeout(next, pauseMs)
    }
    socket.on('connect', next)
    socket.on('data', (bytes) => {
      output += bytes.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(output))
    socket.setTimeout(5_000, () => socket.destroy())
  })
}
