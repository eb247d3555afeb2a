import { createServer } from 'node:http'
import { expect, it, onTestFinished, vi } from 'vitest'

/** Aborted requests of the API client of the dashboard. Here, the client runs in Node.js, which has no `location`. */

it('a read that is aborted while its body arrives fails with the reason of the signal', async () => {
  vi.stubGlobal('location', { search: '?embed=1' })
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"data":')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
    server.closeAllConnections()
    server.close()
  })
  const address = await vi.waitUntil(() => server.address())
  const port = typeof address === 'object' ? address.port : 0
  const { readApi } = await import('../../src/dashboard/api/client.ts')
  const controller = new AbortController()
  // The client calls `json` only when the headers have arrived, so the abort comes while the body arrives.
  const json = vi.spyOn(Response.prototype, 'json')
  const read = readApi(`http://127.0.0.1:${port}/v1/agreements`, 'en', controller.signal)
  read.catch(() => undefined)
  await vi.waitUntil(() => json.mock.calls.length > 0)
  const reason = new Error('The view was closed')
  controller.abort(reason)
  await expect(read).rejects.toBe(reason)
})
