import autocannon from 'autocannon'
import { readCpuMicroseconds, readMemoryMb, type Server } from './servers.ts'

/** Measurements of a server under load. */
export interface Measurement {
  /** Responses per second. */
  perSecond: number
  p50Ms: number
  p99Ms: number
  /** CPU time of the server. */
  cpuMicrosecondsPerRequest: number
  /** Memory of the server after the requests. */
  memoryMb: number
}

/**
 * Seconds of load before each server is measured, for warming up: V8 optimizes functions only after thousands of calls. The
 * processor time of a patch fell from 1.8 ms in the first 5 s to 1.0 ms after 15 s, that of the hand-written server from 0.6 to 0.5.
 */
export const warmUpSeconds = 15

/** Requests of one kind, numbered consecutively. */
export interface RequestTemplate {
  method: 'GET' | 'POST' | 'PATCH'
  /** Returns the path of a request from its number. */
  path: (number: number) => string
  body?: (number: number) => string
  headers?: Record<string, string>
}

/**
 * Sends requests for `seconds`, or `amount` requests, over several connections, each with one request at a time.
 * @throws when a request fails or a response has a status other than 2xx.
 */
export async function measure(
  server: Server,
  request: RequestTemplate,
  { seconds, connections, amount }: { seconds: number; connections: number; amount?: number },
): Promise<Measurement> {
  // Each measurement starts with another number, so that patches do not repeat the values of an earlier measurement.
  let number = Math.floor(performance.now())
  const before = await readCpuMicroseconds(server.pid)
  const result = await autocannon({
    url: server.origin,
    connections,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    timeout: 120,
    requests: [
      {
        method: request.method,
        headers: request.headers ?? {},
        setupRequest: (template) => {
          number += 1
          return {
            ...template,
            path: request.path(number),
            ...(request.body && { body: request.body(number) }),
          }
        },
      },
    ],
  })
  const used = (await readCpuMicroseconds(server.pid)) - before
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(
      `${result.non2xx} responses with a status other than 2xx, and ${result.errors} connection errors and timeouts, from requests such as ${request.method} ${request.path(number)}`,
    )
  return {
    // autocannon ends a run only at a full second, which is too coarse for a few requests.
    perSecond:
      amount === undefined ? result['2xx'] / result.duration : (connections * 1000) / result.latency.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuMicrosecondsPerRequest: used / result['2xx'],
    memoryMb: await readMemoryMb(server.pid),
  }
}
