import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminKey } from '../support/app.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { isOfAgreements, largestRequests, longestDelay } from './hostile/largest.ts'
import { send } from './hostile/sending.ts'
import { openService } from './service.ts'

/** Requests as large and expensive as the limits allow: none holds up the others. */

/** Longest time for which one request may keep the event loop of the service, in milliseconds, on a busy machine. */
const maxDelayMs = 500

/** Most characters of a refusal. */
const maxProblemLength = 120_000

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const memories: [memory: string, env: NodeJS.ProcessEnv][] = [
  ['the usual memory', {}],
  ['256 MB of memory', { NODE_OPTIONS: '--max-old-space-size=256' }],
]

for (const [memory, env] of memories) {
  it(`with ${memory}, the largest requests are answered and delay others by less than 500 ms`, async ({
    task,
  }) => {
    const service = await openService(database.url, { RATE_LIMIT: '0', SHED_LAG_MS: '0', ...env })
    const document: unknown = await (await fetch(`${service.origin}/openapi.json`)).json()
    await longestDelay(service.origin)
    const faults: string[] = []
    const statuses: Record<string, number> = {}
    let longest = { delay: 0, what: '' }
    let count = 0
    for (const request of largestRequests(document, adminKey, isOfAgreements)) {
      count += 1
      const { status, text } = await send(service.origin, request)
      const delay = await longestDelay(service.origin)
      const what = `${request.operationId}, ${request.what}: ${status}, ${text.length} characters, ${Math.round(delay)} ms`
      statuses[status] = (statuses[status] ?? 0) + 1
      if (delay > longest.delay) longest = { delay, what }
      const isRefused = status >= 400
      if (!(delay < maxDelayMs) || status >= 500 || (isRefused && text.length > maxProblemLength))
        faults.push(what)
    }
    task.meta.figures = { ...statuses, 'longest delay': longest.what }
    expect(faults).toEqual([])
    expect(count).toBeGreaterThan(300)
  })
}
