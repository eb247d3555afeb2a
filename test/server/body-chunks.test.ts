import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'

/** Request bodies in many small chunks (RFC 9112, section 7.1). */

const api = useTestApi()

const body = JSON.stringify({ where: { title: { contains: 'China' } }, limit: 1 })

/** Sends a search in chunks of one byte, with a number of leading blanks, and returns the response as text. */
function search(blanks = 0): Promise<string> {
  const { hostname, port } = new URL(api.origin)
  const socket = connect(Number(port), hostname)
  const fields = [
    'host: x',
    'connection: close',
    'content-type: application/json',
    'transfer-encoding: chunked',
  ]
  socket.write(`POST /v1/agreements/search HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`)
  socket.write('1\r\n \r\n'.repeat(blanks))
  socket.write(`${[...body].map((character) => `1\r\n${character}\r\n`).join('')}0\r\n\r\n`)
  // The service does not read the rest of a body that is refused for its chunks, so the connection may be reset.
  return text(socket).catch(() => '')
}

/** Returns the maximum growth of the memory of objects and buffers until a promise settles, in MiB. */
async function maxGrowthMiB(work: Promise<unknown>): Promise<number> {
  const usedMiB = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return (heapUsed + arrayBuffers) / 2 ** 20
  }
  const before = usedMiB()
  let highest = before
  const timer = setInterval(() => {
    highest = Math.max(highest, usedMiB())
  }, 5)
  await work.finally(() => clearInterval(timer))
  return highest - before
}

describe('a body in chunks of one byte', () => {
  it('is read like any other body', async () => {
    const { data } = (await api.post('/v1/agreements/search', body)).json()
    expect(data).not.toEqual([])
    const response = await search()
    expect(response).toMatch(/^HTTP\/1\.1 200 /)
    expect(response).toContain(JSON.stringify(data))
  })

  it('is refused after too many chunks, before it uses much memory', async () => {
    const searches = Array.from({ length: 4 }, () => search(900_000))
    expect(await maxGrowthMiB(Promise.all(searches))).toBeLessThan(150)
    for (const response of await Promise.all(searches)) expect(response).toMatch(/^(HTTP\/1\.1 400 |$)/)
  }, 60_000)
})
