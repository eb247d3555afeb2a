import { Agent, type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

/** A request to send. */
export interface RequestToSend {
  method: string
  headers: Record<string, string>
  body?: string | Uint8Array
}

/** A response with its body. */
export interface ReceivedText {
  status: number
  headers: Headers
  text: string
}

const agent = new Agent({ keepAlive: true })

/**
 * Sends a request, and reads and decompresses the response. Does not follow redirects. The tests send tens of thousands of
 * requests, for which `fetch` takes several times as much processor time.
 * @throws when the connection fails.
 */
export async function sendRequest(
  url: string,
  { method, headers, body }: RequestToSend,
): Promise<ReceivedText> {
  // If the body is a string, Node.js encodes the headers like it, in UTF-8 instead of ISO 8859-1.
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const length = bytes && { 'content-length': String(bytes.length) }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(new URL(url), { method, headers: { ...length, ...headers }, agent }, resolve)
    sent.once('error', reject)
    sent.end(bytes)
  })
  const received = readHeaders(response)
  const text = decompress(await buffer(response), received.get('content-encoding')).toString()
  return { status: response.statusCode ?? 0, headers: received, text }
}

/** Returns all headers. A repeated header has all its values, which `IncomingMessage.headers` does not always have. */
function readHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  return headers
}

/** Decodes a body with this Content-Encoding. @throws when its bytes are invalid. */
function decompress(bytes: Buffer, encoding: string | null): Buffer {
  // A response to HEAD has the header, but no body.
  if (bytes.length === 0) return bytes
  if (encoding === 'gzip') return gunzipSync(bytes)
  return encoding === 'br' ? brotliDecompressSync(bytes) : bytes
}
