import { getHeapStatistics } from 'node:v8'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { retryAfter } from '../../database/errors.ts'
import { Problem } from '../../problems/problem.ts'
import type { Metrics } from './metrics.ts'

/** What part of its heap V8 may fill; beyond that it does little but collect garbage, and ends at the limit. */
const fullHeap = 0.9

/** How often lag and memory are looked at, in milliseconds. */
const sampleInterval = 1000

/** What watches over the service is answered also when nobody else is. */
const answered = new Set(['/healthz', '/readyz', '/metrics'])

/**
 * Turns requests away with 503 while the process is behind with its work or has too little memory, before anything is
 * done for them.
 * @param lag milliseconds that the event loop may be late on average; 0 for any number.
 * @param memory bytes of the process (RSS); 0 for any number.
 */
export async function shedUnderPressure(
  app: FastifyInstance,
  metrics: Metrics,
  { lag, memory }: { lag: number; memory: number },
): Promise<void> {
  // Starting keeps the process busy, which says nothing of what it can do: the sample that saw it does not count.
  let countsFrom = Number.POSITIVE_INFINITY
  app.addHook('onListen', async () => {
    countsFrom = performance.now() + 2 * sampleInterval
  })
  await app.register(underPressure, {
    maxEventLoopDelay: lag,
    maxRssBytes: memory,
    maxHeapUsedBytes: Math.floor(getHeapStatistics().heap_size_limit * fullHeap),
    sampleInterval,
    pressureHandler: (request, _reply, type) => {
      if (answered.has(request.routeOptions.url ?? '')) return
      const isLate = type === underPressure.TYPE_EVENT_LOOP_DELAY
      if (isLate && performance.now() < countsFrom) return
      metrics.shed(isLate ? 'lag' : 'memory')
      const detail = isLate
        ? 'The service is behind with its work.'
        : 'The service has too little memory left for more work.'
      throw new Problem('overloaded', detail, { headers: { 'retry-after': retryAfter } })
    },
  })
}
