import http from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { Measurement } from './measurement.ts'
import { type ClientRequest, type Sender, senderSchema, startRequest, waitForResponse } from './sender.ts'
import { warmUp } from './warm-up.ts'

// A process that acts as an ordinary client during an attack. It sends requests at fixed intervals, even while earlier
// requests are in flight. It replies to each message with the measurements of the requests since the previous message, when
// these requests are complete.

const { sender, apiKey } = z
  .strictObject({ sender: senderSchema, apiKey: z.string() })
  .parse(JSON.parse(process.argv[2] ?? ''))

/** A request fails when it takes longer than this. */
const timeoutMs = 10_000

const agent = new http.Agent({ keepAlive: true })

let measurements: Record<string, Measurement> = {}

/** Requests in flight. */
const pending = new Set<Promise<void>>()

/** Sends a request, reads the whole response, and records status and duration. */
async function measure(measurement: Measurement, request: ClientRequest, client: Sender): Promise<void> {
  const start = performance.now()
  try {
    const sent = startRequest(client, request)
    AbortSignal.timeout(timeoutMs).addEventListener('abort', () => sent.destroy(new Error('timeout')))
    const response = await waitForResponse(sent)
    await text(response)
    measurement.add(response.statusCode ?? 0, performance.now() - start)
  } catch {
    measurement.add('disconnected', performance.now() - start)
  }
}

const page = z.looseObject({
  data: z.array(z.looseObject({ id: z.string() })),
  page: z.looseObject({ next: z.string().nullable() }),
})

/** Reads the ids of about 2,000 agreements: so many that few reads repeat an earlier read, which the cache could serve. */
async function readAgreementIds(): Promise<string[]> {
  const agreementIds: string[] = []
  for (let cursor: string | null = ''; cursor !== null && agreementIds.length < 2000; ) {
    const path = `/v1/agreements?fields=id&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const response = await waitForResponse(startRequest(sender, { path, agent }))
    const {
      data,
      page: { next },
    } = page.parse(JSON.parse(await text(response)))
    agreementIds.push(...data.map(({ id }) => id))
    cursor = next
  }
  return agreementIds
}

const writer = { ...sender, key: apiKey }

await warmUp(sender, writer)
const agreementIds = await readAgreementIds()
const countries = ['PAK', 'DEU', 'FRA', 'BRA', 'ZAF', 'KEN', 'JPN', 'RUS', 'IND', 'EGY']
let sequence = 0
const nextNumber = () => {
  sequence += 1
  return sequence
}

const recordPath = () => `/v1/agreements/${agreementIds[(nextNumber() * 7) % agreementIds.length]}`
const listPath = () => {
  const number = nextNumber()
  return `/v1/agreements?country=${countries[number % countries.length]}&signedOn[gte]=${1950 + (number % 70)}&limit=25`
}
const agreementJson = () =>
  JSON.stringify({
    title: `Written during the attack ${nextNumber()}`,
    kind: 'agreement',
    parties: [{ country: 'PAK', role: 'party' }],
  })

/** Sends a request of a kind in each interval. */
function repeat(kind: string, intervalMs: number, request: () => ClientRequest, client = sender): void {
  setInterval(() => {
    const measurement = measurements[kind] ?? new Measurement()
    measurements[kind] = measurement
    const measured = measure(measurement, request(), client).finally(() => pending.delete(measured))
    pending.add(measured)
  }, intervalMs)
}

repeat('reads', 100, () => ({ path: recordPath(), agent }))
// Each request without an `agent` opens a new connection, like a new client.
repeat('lists', 100, () => ({ path: listPath() }))
repeat('health', 100, () => ({ path: '/healthz' }))
repeat(
  'writes',
  300,
  () => ({ method: 'POST', path: '/v1/agreements', body: agreementJson(), agent }),
  writer,
)
repeat('exports', 5000, () => ({
  path: `/v1/agreements/export?format=csv&country=${countries[nextNumber() % countries.length]}`,
}))
repeat('asOf', 5000, () => ({ path: `${listPath()}&asOf=${new Date(Date.now() - 1000).toISOString()}` }))

// The parent process has ended.
process.on('disconnect', () => process.exit())
process.on('message', async () => {
  const reported = measurements
  measurements = {}
  await Promise.all(pending)
  process.send?.(
    Object.fromEntries(Object.entries(reported).map(([kind, measurement]) => [kind, measurement.summary()])),
  )
})
process.send?.('ready')
