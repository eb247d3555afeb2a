import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { useTestApi } from '../support/api.ts'

/** HTTP pipelining: a client sends requests without waiting for earlier responses. */

// After a connection with thousands of requests, its address may otherwise open no connections for a while.
const api = useTestApi({ env: { MAX_CONNECTIONS_PER_SECOND: '0' } })

const requestFor = (target: string, header = '') => `GET ${target} HTTP/1.1\r\nhost: x\r\n${header}\r\n`

function open(): Socket {
  const { hostname, port } = new URL(api.origin)
  return connect(Number(port), hostname)
}

/**
 * Sends bytes on one connection, and returns all received bytes when the service closes it. Returns an empty text if the
 * connection is reset.
 */
function exchange(bytes: string): Promise<string> {
  const socket = open()
  socket.write(bytes)
  return text(socket).catch(() => '')
}

/** Returns the metrics, and the number of responses to requests for unknown paths, such as those of these tests. */
async function readMetrics(): Promise<{ metrics: string; responseCount: number }> {
  const { text: metrics } = await api.get('/metrics')
  const counts = [...metrics.matchAll(/^entente_http_request_duration_seconds_count\{.*"none".*\} (\d+)$/gm)]
  return { metrics, responseCount: counts.reduce((sum, [, count]) => sum + Number(count), 0) }
}

describe('pipelined requests', () => {
  it('get responses in order', async () => {
    const paths = Array.from({ length: 50 }, (_, index) => `/nothing-${index}`)
    const requests = [...paths.map((path) => requestFor(path)), requestFor('/last', 'connection: close\r\n')]
    const output = await exchange(requests.join(''))
    const instances = [...output.matchAll(/"instance":"([^"]+)"/g)].map(([, instance]) => instance)
    expect(instances).toEqual([...paths, '/last'])
  })

  it.each([
    ['without a further header', ''],
    ['with an unknown expectation', 'expect: miracles\r\n'],
  ])('%s are dropped if there are thousands, and the connection is closed', async (_, header) => {
    await exchange(requestFor('/one', 'connection: close\r\n'))
    const { responseCount: earlierCount } = await readMetrics()
    // The metrics count such responses.
    expect(earlierCount).toBeGreaterThan(0)
    await exchange(requestFor('/thousands', header).repeat(3000))
    const { responseCount: laterCount, metrics } = await readMetrics()
    expect(laterCount - earlierCount).toBeLessThan(200)
    // Only the request for the metrics is in flight.
    expect(metrics).toMatch(/^entente_http_requests_in_flight 1$/m)
    expect((await api.get('/v1/topics?limit=1')).status).toBe(200)
  })
})

it('a whole request gets its response even if invalid bytes follow it', async () => {
  const output = await exchange(`${requestFor('/v1/topics?limit=1')}NONSENSE\r\n\r\n`)
  expect(output.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200'])
})

it('invalid bytes after the beginning of a response close the connection; no response follows', async () => {
  const socket = open()
  let output = ''
  socket.setEncoding('utf8').on('data', (part) => {
    output += part
  })
  socket.write(requestFor('/v1/changes/stream'))
  await once(socket, 'data')
  socket.write('NONSENSE\r\n\r\n')
  await once(socket, 'close')
  expect(output.match(/HTTP.*/g)).toEqual(['HTTP/1.1 200 OK'])
})
