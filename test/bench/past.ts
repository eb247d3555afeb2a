import { fetchText, readIds } from './fetch-text.ts'
import { median } from './median.ts'
import { countAgreements } from './registry.ts'
import type { BoundedFigure } from './tables.ts'

/** Reads with `asOf`, compared with the same reads of the current state. */

interface PastRequest {
  name: string
  method: 'GET' | 'POST'
  /** Path with a query, which may be empty, since `send` adds `&asOf=…`. */
  path: string
  body?: string
}

const list: PastRequest = { name: 'list', method: 'GET', path: '/v1/agreements?sort=-signedOn&limit=25' }

const requests: PastRequest[] = [
  list,
  {
    name: 'search',
    method: 'POST',
    path: '/v1/agreements/search?',
    body: JSON.stringify({ where: { status: { in: ['signed', 'in_force'] } }, limit: 25 }),
  },
  {
    name: 'aggregate',
    method: 'GET',
    path: '/v1/agreements/aggregate?groupBy=country,signedYear&sort=-count&limit=100',
  },
  { name: 'network', method: 'GET', path: '/v1/network?' },
]

async function send(origin: string, { method, path, body }: PastRequest, asOf?: string): Promise<Response> {
  return fetch(`${origin}${path}${asOf === undefined ? '' : `&asOf=${encodeURIComponent(asOf)}`}`, {
    method,
    headers: {
      'cache-control': 'no-cache',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  })
}

/** The duration of one request in milliseconds. @throws when it is refused. */
async function timeRequest(origin: string, request: PastRequest, asOf?: string): Promise<number> {
  const start = performance.now()
  const response = await send(origin, request, asOf)
  const text = await response.text()
  if (!response.ok) throw new Error(`${request.name}, asOf ${asOf}: ${response.status} ${text}`)
  return performance.now() - start
}

/** The p50 with `asOf` divided by the p50 without, measured alternately: the median over the rounds. */
async function ratioAt(origin: string, request: PastRequest, asOf: string, options: Rounds): Promise<number> {
  const ratios: number[] = []
  for (let round = 0; round <= options.rounds; round++) {
    const [past, present]: [number[], number[]] = [[], []]
    const end = performance.now() + options.seconds * 1000
    do {
      past.push(await timeRequest(origin, request, asOf))
      present.push(await timeRequest(origin, request))
    } while (performance.now() < end)
    // The first round warms up caches and the JIT compiler.
    if (round > 0) ratios.push(median(past) / median(present))
  }
  return median(ratios)
}

interface Rounds {
  /** Duration of a round. */
  seconds: number
  /** Number of rounds. */
  rounds: number
}

async function json<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  // The tests of the service check this response against the OpenAPI document.
  return (await response.json()) as T
}

/** Ids of the agreements that were signed last. */
async function latestIds(origin: string, count: number): Promise<string[]> {
  const latest: string[] = []
  for await (const { ids } of readIds(`${origin}/v1/agreements?fields=id&sort=-signedOn&limit=100`)) {
    latest.push(...ids)
    if (latest.length >= count) break
  }
  return latest.slice(0, count)
}

/** Changes the agreements that were signed last, by bulk requests of 500 patches. */
async function changeAgreements(origin: string, key: string, count: number): Promise<void> {
  const ids = await latestIds(origin, count)
  const occasion = `A meeting of the benchmark at ${new Date().toISOString()}`
  for (let from = 0; from < ids.length; from += 500) {
    const operations = ids
      .slice(from, from + 500)
      .map((id) => ({ op: 'patch', id, ifMatch: '*', patch: { occasion } }))
    await fetchText(`${origin}/v1/agreements/bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ operations }),
    })
  }
}

/** Case `changed`: the duration of a list as of a time before many agreements changed, divided by that of the list now. */
export async function measureChanged(
  origin: string,
  key: string,
  agreements: number,
  options: Rounds,
): Promise<BoundedFigure[]> {
  const moment = new Date().toISOString()
  const before = await (await send(origin, list)).text()
  const count = Math.min(20_000, Math.ceil(agreements / 5))
  await changeAgreements(origin, key, count)
  const { data } = await json<{ data: unknown }>(await send(origin, list, moment))
  if (JSON.stringify(data) !== JSON.stringify(JSON.parse(before).data))
    throw new Error(`the list as of ${moment} differs from the list at that time`)
  const measured = await ratioAt(origin, list, moment, options)
  return [
    {
      what: `duration of a list as of a time before ${count} of ${agreements} agreements changed / now`,
      measured,
      max: 3,
    },
  ]
}

/**
 * Finds by bisection a time between the two runs of `entente generate` that fill the registry. The first run generates a
 * tenth of the agreements; 15 % allows for agreements that existed before.
 */
async function findTimeOfTenth(origin: string): Promise<{ moment: string; share: number }> {
  const countAt = (time: number) => countAgreements(origin, `asOf=${new Date(time).toISOString()}`)
  const total = await countAgreements(origin)
  const first = await json<{ data: { time: string }[] }>(await fetch(`${origin}/v1/changes?limit=1`))
  let from = Date.parse(first.data[0]?.time ?? '')
  let to = Date.now()
  let share = 0
  // The two runs are more than 100 ms apart.
  while (to - from > 100) {
    const middle = Math.floor((from + to) / 2)
    const count = await countAt(middle)
    if (count <= total * 0.15) {
      from = middle
      share = count / total
    } else to = middle
  }
  return { moment: new Date(from).toISOString(), share }
}

/** Case `grown`: each request as of a time when a tenth of today's agreements existed, divided by the same request now. */
export async function measureGrown(origin: string, options: Rounds): Promise<BoundedFigure[]> {
  const { moment, share } = await findTimeOfTenth(origin)
  console.log(`grown: ${(share * 100).toFixed(1)} % of the agreements existed at ${moment}`)
  const ratios: BoundedFigure[] = []
  for (const request of requests) {
    const response = await send(origin, request, moment)
    const text = await response.text()
    if (!response.ok) {
      console.log(
        `grown: skips ${request.name}, since the API refuses asOf: ${response.status} ${text.slice(0, 300)}`,
      )
      continue
    }
    ratios.push({
      what: `duration of the ${request.name} as of a time when a tenth existed / now`,
      measured: await ratioAt(origin, request, moment, options),
      ...(request === list && { max: 10 }),
    })
  }
  return ratios
}
