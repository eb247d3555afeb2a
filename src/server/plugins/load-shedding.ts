import { getHeapStatistics } from 'node:v8'
import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import { retryAfterSeconds } from '../../database/errors.ts'
import { Problem } from '../../problems/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` for routes that are served also when the process is overloaded. */
    loadShedding?: false
  }
}

/** Options of the plugin `load-shedding`. */
export interface LoadSheddingOptions {
  /** Longest delay of the event loop, on average, in milliseconds; 0 for no limit. */
  maxEventLoopDelayMs: number
  /** Most memory of the process (RSS), in bytes; 0 for no limit. */
  maxRssBytes: number
}

/** Share of its heap that V8 may fill. Above it, V8 mostly collects garbage, and at the limit the process ends. */
const maxHeapShare = 0.9

const sampleIntervalMs = 1000

/** Refuses requests with 503 while the event loop is late or memory is short, before any work is done for them. */
export const loadShedding = fp<LoadSheddingOptions>(
  async function loadShedding(app, { maxEventLoopDelayMs, maxRssBytes }) {
    // The start itself keeps the event loop busy: the samples that saw it do not count.
    let delayCountsFrom = Number.POSITIVE_INFINITY
    app.addHook('onListen', async () => {
      delayCountsFrom = performance.now() + 2 * sampleIntervalMs
    })
    await app.register(underPressure, {
      maxEventLoopDelay: maxEventLoopDelayMs,
      maxRssBytes,
      maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * maxHeapShare),
      sampleInterval: sampleIntervalMs,
      pressureHandler: (request, _reply, type) => {
        if (request.routeOptions.config.loadShedding === false) return
        const isLate = type === underPressure.TYPE_EVENT_LOOP_DELAY
        if (isLate && performance.now() < delayCountsFrom) return
        app.metrics.requestShed(isLate ? 'lag' : 'memory')
        const detail = isLate
          ? 'The service is behind with its work.'
          : 'The service has too little memory left for more work.'
        throw new Problem('overloaded', detail, { headers: { 'retry-after': retryAfterSeconds } })
      },
    })
  },
  { name: 'load-shedding', dependencies: ['metrics'] },
)
