import fp from 'fastify-plugin'
import { Problem } from '../../problems/problem.ts'
import { Pressure } from './load-shedding/pressure.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` for routes that are served even when the process is overloaded. */
    loadShedding?: false
  }
}

/** Options of the plugin `load-shedding`. */
export interface LoadSheddingOptions {
  /**
   * In milliseconds. Requests are refused if the mean delay of the event loop exceeded this in both of the last two seconds;
   * 0 for no limit.
   */
  maxEventLoopDelayMs: number
  /** Maximum memory of the process (RSS), in bytes; 0 for no limit. */
  maxRssBytes: number
}

/**
 * Maximum used share of V8's heap limit. The rest is for young objects, about a fifth of the limit, and for
 * the requests in progress. At the limit, V8 terminates the process.
 */
const maxHeapShare = 0.7

/**
 * Refuses requests with 503 while the event loop is late or memory is short. Memory is checked before the body is read, and
 * after the response cache has sent the stored responses to GET requests; sending these needs little memory.
 */
export const loadShedding = fp<LoadSheddingOptions>(
  async function loadShedding(app, { maxEventLoopDelayMs, maxRssBytes }) {
    const pressure = new Pressure()
    // The startup keeps the event loop busy, so its delays do not count.
    app.addHook('onListen', async () => pressure.reset())
    app.addHook('onClose', async () => pressure.close())

    const isLate = () => maxEventLoopDelayMs > 0 && pressure.eventLoopDelayMs > maxEventLoopDelayMs
    const isMemoryShort = () =>
      pressure.heapShare > maxHeapShare || (maxRssBytes > 0 && pressure.rssBytes > maxRssBytes)

    app.addHook('onRequest', ({ routeOptions: { config } }, _reply, done) => {
      if (config.loadShedding === false || !isLate()) return done()
      app.metrics.requestShed('lag')
      done(new Problem('overloaded', 'The event loop of the service is delayed.'))
    })
    app.addHook('preParsing', ({ routeOptions: { config } }, _reply, _payload, done) => {
      if (config.loadShedding === false || !isMemoryShort()) return done()
      app.metrics.requestShed('memory')
      done(new Problem('overloaded', 'The service has too little free memory.'))
    })
  },
  { name: 'load-shedding', dependencies: ['metrics'] },
)
