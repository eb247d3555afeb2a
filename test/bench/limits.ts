import { isRepresentative, largestRequests, readLongestDelayMs } from '../faults/hostile/largest.ts'
import { send } from '../faults/hostile/sending.ts'
import type { BoundedFigure } from './tables.ts'

/** Case `limits`: the longest delay of the event loop while the service answers the largest requests. */
export async function measureLimits(origin: string, key: string): Promise<BoundedFigure[]> {
  const document: unknown = await (await fetch(`${origin}/openapi.json`)).json()
  // The delays before the first request do not count.
  await readLongestDelayMs(origin)
  const delaysMs: number[] = []
  for (const request of largestRequests(document, key, isRepresentative)) {
    await send(origin, request)
    delaysMs.push(await readLongestDelayMs(origin))
  }
  return [
    {
      what: 'longest event loop delay of the largest requests, ms',
      measured: Math.max(...delaysMs),
      max: 50,
    },
  ]
}
