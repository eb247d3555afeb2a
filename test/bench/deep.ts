import { fetchText, readIds } from './fetch-text.ts'
import { median } from './median.ts'

/** Durations of the first page of a list and of a deep page: medians of many requests. */
export interface Depths {
  /** Number of records before the deep page. */
  depth: number
  firstPageMs: number
  deepPageMs: number
}

/** The duration of a request that bypasses the response cache, in milliseconds. @throws when it is refused. */
async function timeRequest(url: string): Promise<number> {
  const start = performance.now()
  await fetchText(url, { headers: { 'cache-control': 'no-cache' } })
  return performance.now() - start
}

/**
 * Pages through a list to record number `depth`, and then requests the first and the deep page alternately.
 * @throws when a request is refused.
 */
export async function measureDepths(origin: string, depth: number): Promise<Depths> {
  const list = `${origin}/v1/agreements?fields=id&sort=id`
  let deepCursor = ''
  let seen = 0
  for await (const { ids, cursor = deepCursor } of readIds(`${list}&limit=200`)) {
    seen += ids.length
    deepCursor = cursor
    if (seen >= depth) break
  }
  const [firstMs, deepMs]: [number[], number[]] = [[], []]
  const page = `${list}&limit=25`
  for (let round = 0; round < 300; round++) {
    firstMs.push(await timeRequest(page))
    deepMs.push(await timeRequest(page + deepCursor))
  }
  return { depth: seen, firstPageMs: median(firstMs), deepPageMs: median(deepMs) }
}
