import http from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { Measurement } from './measurement.ts'
import { type ClientRequest, responseOf, startRequest, type Target, targetSchema } from './target.ts'
import { warmUp } from './warm-up.ts'

// A process that uses the service as a client does who has nothing to do with an attack. It starts requests at fixed
// times, whether or not those before have been answered, and answers a message with what it measured since the last one.

const { target, key } = z
  .strictObject({ target: targetSchema, key: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ''))

/** A request without a response for so long has failed. */
const timeoutMs = 10_000

const agent = new http.Agent({ keepAlive: true })

let measurements: Record<string, Measurement> = {}

/** Requests that have no response yet. */
const pending = new Set<Promise<void>>()

/** Sends a request, reads its whole response, and measures both. */
async function measure(measurement: Measurement, request: ClientRequest, as: Target): Promise<void> {
  const start = performance.now()
  try {
    const sent = startRequest(as, request)
    AbortSignal.timeout(timeoutMs).addEventListener('abort', () => sent.destroy(new Error('timeout')))
    const response = await responseOf(sent)
    await text(response)
    measurement.add(response.statusCode ?? 0, performance.now() - start)
  } catch {
    measurement.add('cut', performance.now() - start)
  }
}

const page = z.looseObject({
  data: z.array(z.looseObject({ id: z.string() })),
  page: z.looseObject({ next: z.string().nullable() }),
})

/** Keys of agreements, so many that reading them is not answered from memory alone. */
async function readKeys(): Promise<string[]> {
  const keys: string[] = []
  for (let cursor: string | null = ''; cursor !== null && keys.length < 2000; ) {
    const path = `/v1/agreements?fields=id&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const response = await responseOf(startRequest(target, { path, agent }))
    const { data, page: at } = page.parse(JSON.parse(await text(response)))
    keys.push(...data.map(({ id }) => id))
    cursor = at.next
  }
  return keys
}

const writer = { ...target, key }

await warmUp(target, writer)
const keys = await readKeys()
const countries = ['PAK', 'DEU', 'FRA', 'BRA', 'ZAF', 'KEN', 'JPN', 'RUS', 'IND', 'EGY']
let asked = 0
const next = () => {
  asked += 1
  return asked
}

const record = () => `/v1/agreements/${keys[(next() * 7) % keys.length]}`
const list = () =>
  `/v1/agreements?country=${countries[next() % countries.length]}&signedOn[gte]=${1950 + (asked % 70)}&limit=25`
const agreement = () =>
  JSON.stringify({
    title: `Written meanwhile ${next()}`,
    kind: 'agreement',
    parties: [{ country: 'PAK', role: 'party' }],
  })

function repeat(name: string, everyMs: number, request: () => ClientRequest, as = target): void {
  setInterval(() => {
    const measurement = measurements[name] ?? new Measurement()
    measurements[name] = measurement
    const measured = measure(measurement, request(), as).finally(() => pending.delete(measured))
    pending.add(measured)
  }, everyMs)
}

repeat('reads', 100, () => ({ path: record(), agent }))
// Whoever comes anew needs a connection.
repeat('lists', 100, () => ({ path: list() }))
repeat('health', 100, () => ({ path: '/healthz' }))
repeat('writes', 300, () => ({ method: 'POST', path: '/v1/agreements', body: agreement(), agent }), writer)
repeat('exports', 5000, () => ({
  path: `/v1/agreements/export?format=csv&country=${countries[next() % countries.length]}`,
}))
repeat('pasts', 5000, () => ({ path: `${list()}&asOf=${new Date(Date.now() - 1000).toISOString()}` }))

// Whoever started this process has ended.
process.on('disconnect', () => process.exit())
process.on('message', async () => {
  const taken = measurements
  measurements = {}
  await Promise.all(pending)
  process.send?.(
    Object.fromEntries(Object.entries(taken).map(([name, measurement]) => [name, measurement.summary()])),
  )
})
process.send?.('ready')
