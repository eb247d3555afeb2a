import { once } from 'node:events'
import { connect } from 'node:net'

/** A parsed response, with header names in lower case. */
export interface RawResponse {
  status: number
  headers: Record<string, string>
  text: string
}

/** Sends bytes that `fetch` refuses to send, and reads until the server closes the connection (`Connection: close`). */
export async function exchange(origin: string, bytes: string): Promise<RawResponse> {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.write(bytes)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
  await once(socket, 'close')
  const [head = '', ...body] = Buffer.concat(chunks).toString().split('\r\n\r\n')
  const [start = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => {
    const index = line.indexOf(':')
    return [line.slice(0, index).toLowerCase(), line.slice(index + 1).trim()]
  })
  return {
    status: Number(start.split(' ')[1]),
    headers: Object.fromEntries(headers),
    text: body.join('\r\n\r\n'),
  }
}

/** Returns a request without a body, which asks the server to close the connection. */
export const rawRequest = (method: string, target: string, headers: string[] = ['Host: registry.example']) =>
  `${[`${method} ${target} HTTP/1.1`, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`
