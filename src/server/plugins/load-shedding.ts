import fp from 'fastify-plugin'
import { retryAfterSeconds } from '../../database/errors.ts'
import { Problem } from '../../problems/problem.ts'
import { Pressure } from './load-shedding/pressure.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` for routes that are served also when the process is overloaded. */
    loadShedding?: false
  }
}

/** Options of the plugin `load-shedding`. */
export interface LoadSheddingOptions {
  /** Longest delay of the event loop, on average over two seconds, in milliseconds; 0 for no limit. */
  maxEventLoopDelayMs: number
  /** Maximum memory of the process (RSS), in bytes; 0 for no limit. */
  maxRssBytes: number
}

/**
 * Maximum share of the heap limit of V8 that is in use. The rest is for young objects, about a fifth of the limit, and for
 * the requests in progress. At the limit, V8 ends the process.
 */
const maxHeapShare = 0.7

const overloaded = (detail: string) =>
  new Problem('overloaded', detail, { headers: { 'retry-after': retryAfterSeconds } })

/**
 * Refuses requests with 503 while the event loop is late or memory is short. Memory is checked after the response cache,
 * whose responses need no memory, and before the body is read.
 */
export const loadShedding = fp<LoadSheddingOptions>(
  async function loadShedding(app, { maxEventLoopDelayMs, maxRssBytes }) {
    const pressure = new Pressure()
    // The start itself keeps the event loop busy.
    app.addHook('onListen', async () => pressure.reset())
    app.addHook('onClose', async () => pressure.close())

    const isLate = () => maxEventLoopDelayMs > 0 && pressure.eventLoopDelayMs > maxEventLoopDelayMs
    const isMemoryShort = () =>
      pressure.heapShare > maxHeapShare || (maxRssBytes > 0 && pressure.rssBytes > maxRssBytes)

    app.addHook('onRequest', ({ routeOptions: { config } }, _reply, done) => {
      if (config.loadShedding === false || !isLate()) return done()
      app.metrics.requestShed('lag')
      done(overloaded('The service is behind with its work.'))
    })
    app.addHook('preParsing', ({ routeOptions: { config } }, _reply, _payload, done) => {
      if (config.loadShedding === false || !isMemoryShort()) return done()
      app.metrics.requestShed('memory')
      done(overloaded('The service has too little memory left for more work.'))
    })
  },
  { name: 'load-shedding', dependencies: ['metrics'] },
)
