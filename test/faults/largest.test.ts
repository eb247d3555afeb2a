import { expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { openTestDatabase } from '../support/database.ts'
import { useOpened } from '../support/use-opened.ts'
import { isRepresentative, largestRequests, readLongestDelayMs } from './hostile/largest.ts'
import { send, sendBytes } from './hostile/sending.ts'
import { openService } from './service.ts'

/** Requests that are as large and expensive as the limits allow hardly delay other requests. */

/** Maximum time in milliseconds that one request may block the event loop of the service, on a busy machine. */
const maxDelayMs = 500

/** Maximum length of a problem in characters. */
const maxProblemLength = 120_000

const database = useOpened(openTestDatabase)

const chunked =
  'POST /v1/agreements/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'

const formRequest = (body: string) =>
  `POST /reconcile HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body}`

/** A reconciliation batch with 400,000 values. It is refused, but only after it has been parsed and checked. */
const manyValues = Object.fromEntries(
  Array.from({ length: 200 }, (_, index) => [
    `q${index}`,
    { query: 'x', properties: Array(20).fill({ pid: 'country', v: Array(100).fill(1) }) },
  ]),
)

const heaps: [heap: string, env: NodeJS.ProcessEnv][] = [
  ['the default heap', {}],
  ['a heap of 256 MB', { NODE_OPTIONS: '--max-old-space-size=256' }],
]

for (const [heap, env] of heaps) {
  it(`with ${heap}, the largest requests delay others by less than 500 ms`, async ({ task }) => {
    const service = await openService(database.url, { RATE_LIMIT: '0', SHED_LAG_MS: '0', ...env })
    const document: unknown = await (await fetch(`${service.origin}/openapi.json`)).json()
    await readLongestDelayMs(service.origin)
    const faults: string[] = []
    const statuses: Record<string, number> = {}
    let longest = { delayMs: 0, what: '' }
    let count = 0
    for (const request of largestRequests(document, adminKey, isRepresentative)) {
      count += 1
      const { status, text } = await send(service.origin, request)
      const delayMs = await readLongestDelayMs(service.origin)
      const what = `${request.operationId}, ${request.what}: ${status}, ${text.length} characters, ${Math.round(delayMs)} ms`
      statuses[status] = (statuses[status] ?? 0) + 1
      if (delayMs > longest.delayMs) longest = { delayMs, what }
      const isRefused = status >= 400
      if (!(delayMs < maxDelayMs) || status >= 500 || (isRefused && text.length > maxProblemLength))
        faults.push(what)
    }
    task.meta.figures = { ...statuses, 'longest delay': longest.what }
    expect(faults).toEqual([])
    expect(count).toBeGreaterThan(300)
  })
}

/** Raw requests that are slow to parse or to answer, such as pipelined requests and small chunks. */
const slowRequests: [what: string, bytes: string][] = [
  ['a body in chunks of one byte', `${chunked}${'1\r\n \r\n'.repeat(1_000_000)}0\r\n\r\n`],
  ['thousands of pipelined requests', 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(20_000)],
  [
    'a form of a hundred thousand fields',
    formRequest(Array.from({ length: 100_000 }, (_, index) => index).join('&')),
  ],
  ['queries of many values', formRequest(`queries=${JSON.stringify(manyValues)}`)],
  ['the OpenAPI document as YAML', 'GET /openapi.yaml HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ['the OpenAPI document', 'GET /openapi.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
]

it('requests that are slow to parse or answer delay others by less than 500 ms', async ({ task }) => {
  const service = await openService(database.url, {
    RATE_LIMIT: '0',
    SHED_LAG_MS: '0',
    // With a limit, the service would refuse further connections of the address: the first request misuses its connection.
    MAX_CONNECTIONS_PER_SECOND: '0',
  })
  await readLongestDelayMs(service.origin)
  const delaysMs: Record<string, number> = {}
  for (const [what, bytes] of slowRequests) {
    await sendBytes(service.origin, [bytes])
    delaysMs[what] = Math.round(await readLongestDelayMs(service.origin))
  }
  task.meta.figures = delaysMs
  for (const [what, delayMs] of Object.entries(delaysMs)) expect(delayMs, what).toBeLessThan(maxDelayMs)
})
