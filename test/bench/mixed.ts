import { fetchText } from './fetch-text.ts'
import { measure } from './load.ts'
import { median } from './median.ts'
import type { Options } from './options.ts'
import type { Server } from './servers.ts'
import type { BoundedFigure } from './tables.ts'

const countries = ['CHN', 'PAK', 'DEU', 'FRA', 'USA', 'GBR', 'JPN', 'IND', 'BRA', 'ZAF']

/** 1,000 different lists: one for each pair of a country (of ten) and a year (of a hundred). */
const lists = countries.flatMap((country) =>
  Array.from(
    { length: 100 },
    (_, index) => `/v1/agreements?country=${country}&signedOn[gte]=${1925 + index}&limit=25`,
  ),
)

/** 20 aggregates: by year and by kind, for each of ten countries. */
const aggregates = countries.flatMap((country) =>
  ['signedYear', 'kind'].map((by) => `/v1/agreements/aggregate?country=${country}&groupBy=${by}`),
)

/** All lists, with the aggregates spread evenly among them. */
const paths = lists.flatMap((list, index) =>
  index % 50 === 0 ? [list, aggregates[index / 50] ?? list] : [list],
)

/** Creates ten sources per second. @returns a function that stops the writes, and throws when one of them has failed. */
function startWriting(origin: string, key: string): () => Promise<void> {
  const writes: Promise<string>[] = []
  const write = () =>
    fetchText(`${origin}/v1/sources`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: `Source of the benchmark, ${performance.now()}`, kind: 'report' }),
    })
  const timer = setInterval(() => {
    const written = write()
    // The write is awaited at the end. Until then, its failure must not be an unhandled rejection.
    written.catch(() => {})
    writes.push(written)
  }, 100)
  return async () => {
    clearInterval(timer)
    await Promise.all(writes)
  }
}

/**
 * Case `mixed`: cached reads per second while ten writes per second change another resource, divided by cached reads per
 * second without writes.
 * @param cached the service with its response cache.
 */
export async function measureMixed(cached: Server, key: string, options: Options): Promise<BoundedFigure[]> {
  const request = { method: 'GET' as const, path: (number: number) => paths[number % paths.length] ?? '' }
  for (const path of paths) await (await fetch(cached.origin + path)).text()
  const ratios: number[] = []
  // Round 0 is a warm-up, which does not count.
  for (let round = 0; round <= options.rounds; round++) {
    const withoutWrites = await measure(cached, request, options)
    const stop = startWriting(cached.origin, key)
    const withWrites = await measure(cached, request, options).finally(stop)
    if (round > 0) ratios.push(withWrites.perSecond / withoutWrites.perSecond)
  }
  return [
    {
      what: 'speed of cached reads during 10 writes per second / without writes',
      measured: median(ratios),
      min: 0.9,
    },
  ]
}
