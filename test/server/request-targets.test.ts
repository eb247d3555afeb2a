import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Api, sharedApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'

/** Request targets that most clients do not send: in absolute form (RFC 9112, section 3.2.2), and with `..` in the path. */

let api: Api
beforeAll(async () => {
  api = await sharedApi()
})

/** Sends a request on a connection of its own. @returns the response with its head. */
async function send(head: string, body = ''): Promise<string> {
  const { port, hostname } = new URL(api.origin)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const length = Buffer.byteLength(body)
  socket.write(
    `${head}\r\nHost: registry.example\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${body}`,
  )
  return text(socket)
}

describe('a target in absolute form', () => {
  it('leads to the same record and the same problem as the path', async () => {
    const { path } = await createRecord(resourceOf('sources'), api, { title: 'Absolute', kind: 'report' })
    expect(await send(`GET http://registry.example${path} HTTP/1.1`)).toContain('"title":"Absolute"')
    const unknown = await send('GET http://registry.example/v1/typo HTTP/1.1\r\nAccept: text/html')
    expect(unknown).toMatch(/^HTTP\/1\.1 404 /)
    expect(unknown).toContain('application/problem+json')
  })

  it('with a malformed path or a password is not a server error', async () => {
    expect(await send('GET http://registry.example/v1/%zz HTTP/1.1')).toMatch(/^HTTP\/1\.1 400 /)
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    const head = 'POST http://user:secret@registry.example/mcp HTTP/1.1\r\nContent-Type: application/json'
    expect(await send(`${head}\r\nAccept: application/json, text/event-stream`, body)).not.toMatch(
      /^HTTP\/1\.1 5/,
    )
  })
})

describe('the data of a view whose key is ".."', () => {
  it.each([
    '/records/%2e%2e/docs?format=csv',
    '/records/%2e%2e/openapi.json?format=csv',
    '/records/countries/%2e?format=json',
    '/countries/%2e%2e?format=csv',
    '/network?centre=..&format=csv',
  ])('does not exist: %s', async (path) => {
    const response = await send(`GET ${path} HTTP/1.1`)
    expect(response).toMatch(/^HTTP\/1\.1 404 /)
    expect(response).toContain('application/problem+json')
  })
})
