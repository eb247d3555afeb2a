import type { RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { createServerFactory } from '../../src/server/http-server.ts'
import { getPort } from '../support/ports.ts'

/** The idle timeout of connections. */

const connectionTimeoutMs = 100

/** Sends a request to a server with the given listener, and returns the body of the response. */
async function fetchText(listener: RequestListener): Promise<string> {
  const server = createServerFactory({ connectionTimeoutMs })(listener)
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = getPort(server)
  return (await fetch(`http://127.0.0.1:${port}`)).text()
}

it('does not end a request whose response has not begun', async () => {
  const text = await fetchText(async (_, response) => {
    await sleep(connectionTimeoutMs * 5)
    response.end('late')
  })
  expect(text).toBe('late')
})

it('closes the connection of a response that stalls', async () => {
  await expect(fetchText((_, response) => void response.write('begun'))).rejects.toThrow('terminated')
})
