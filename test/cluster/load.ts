import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { type Change, feedEnd, readFeed } from '../faults/feed.ts'
import { type AcknowledgedWrite, type FailureCounts, Writer } from '../faults/writers.ts'

/** Clients that write continuously. Each retries a write until its outcome is known. */
export interface Writers {
  /** Returns the number of acknowledged writes so far. */
  countAcknowledged(): number
  /** Ends after the current writes, and returns all acknowledged writes. @throws when a response to a client was unexpected. */
  stop(): Promise<AcknowledgedWrite[]>
  /** Counts of failed and repeated attempts. */
  failures(): FailureCounts
}

/** Starts clients that each pause for `pauseMs` between two writes. */
export function startWriters(origin: string, count: number, pauseMs: number): Writers {
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const writers = Array.from(
    { length: count },
    (_, index) => new Writer(`writer-${index}`, [origin], stopping.signal),
  )
  let isStopped = false
  const work = async (writer: Writer) => {
    while (!isStopped) {
      await writer.write()
      await sleep(pauseMs)
    }
  }
  const ended = Promise.all(writers.map(work)).catch((error) => {
    // After the first error, the other clients stop.
    stopping.abort()
    return error
  })
  const sum = (what: keyof FailureCounts) =>
    writers.reduce((total, { failures }) => total + failures[what], 0)
  return {
    countAcknowledged: () => writers.reduce((total, { acknowledged }) => total + acknowledged.length, 0),
    stop: async () => {
      isStopped = true
      const result = await ended
      if (result instanceof Error) throw result
      return writers.flatMap(({ acknowledged }) => acknowledged)
    },
    failures: () => ({
      disconnected: sum('disconnected'),
      unavailable: sum('unavailable'),
      replayed: sum('replayed'),
    }),
  }
}

/** Starts a mirror: a client that follows the feed of agreements from its current end. */
export async function startMirror(origin: string) {
  const start = await feedEnd(origin)
  const changes: Change[] = []
  let isStopped = false
  onTestFinished(() => {
    isStopped = true
  })
  const read = async () => {
    const found = await readFeed(origin, 'agreements', changes.at(-1)?.position ?? start)
    changes.push(...found)
  }
  const follow = async () => {
    while (!isStopped) {
      // If the service is unavailable, the mirror continues later at its position.
      await read().catch(() => {})
      await sleep(200)
    }
  }
  const ended = follow()
  return {
    /** The position after which the mirror reads the feed. */
    start,
    /** Reads the feed to its end, and returns all changes since `start`. */
    stop: async () => {
      isStopped = true
      await ended
      await read()
      return changes
    },
  }
}

/** The list of the agreements that Pakistan signed in April 2011, with their citations. */
export const pakistanList =
  '/v1/agreements?country=PAK&signedOn[gte]=2011-04&signedOn[lte]=2011-04-30&include=citations'

/** A response as a client saw it. */
export interface Observation {
  what: string
  /** 0 when there was no response. */
  status: number
  /** When the request was sent, in milliseconds of `Date.now()`. */
  at: number
  durationMs: number
  /** The body of an error response, or the error of a request without a response. */
  problem?: string
}

/** Sends one request and measures it. Never rejects. */
export async function observe(what: string, url: string, init: RequestInit = {}): Promise<Observation> {
  const at = Date.now()
  const startedAt = performance.now()
  const result = await fetch(url, init)
    .then(async (response) => ({ status: response.status, text: await response.text() }))
    .catch((error: unknown) => ({ status: 0, text: String(error) }))
  const { status, text } = result
  const durationMs = performance.now() - startedAt
  return { what, status, at, durationMs, ...(status < 200 || status >= 400 ? { problem: text } : {}) }
}

/** Milliseconds for which `fetchPatiently` repeats a request. */
const maxPatienceMs = 180_000

/**
 * Sends a request, and sends it again after `Retry-After` while the response is 503, for up to three minutes: the service or the
 * balancer refuses some of many requests on a slow machine.
 * @returns the first other response, or the last refusal.
 */
export async function fetchPatiently(url: string, init: RequestInit = {}): Promise<Response> {
  const deadline = Date.now() + maxPatienceMs
  for (;;) {
    const response = await fetch(url, init)
    if (response.status !== 503 || Date.now() > deadline) return response
    await response.arrayBuffer()
    await sleep(retryAfterMs(response))
  }
}

/** Returns the milliseconds after which a client may repeat a refused request; a second if the response does not say. */
export const retryAfterMs = ({ headers }: Response): number => Number(headers.get('retry-after') ?? 1) * 1000

/**
 * Sends each request every `intervalMs`, even while earlier requests have no response.
 * @returns `observations`, to which each completed request adds one, and `stop`, which sends no more requests, waits for the
 * running ones, and returns all observations.
 */
export function startProbes(probes: Record<string, () => Promise<Observation>>, intervalMs: number) {
  const observations: Observation[] = []
  const running = new Set<Promise<unknown>>()
  const timer = setInterval(() => {
    for (const probe of Object.values(probes)) {
      const run = probe().then((observation) => observations.push(observation))
      running.add(run)
      run.finally(() => running.delete(run))
    }
  }, intervalMs)
  onTestFinished(() => clearInterval(timer))
  return {
    observations,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(running)
      return observations
    },
  }
}
