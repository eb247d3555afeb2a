import type pg from 'pg'
import { Problem } from '../problems/problem.ts'
import { deadlineOf } from './deadline.ts'
import { retryAfter, tooSlow } from './errors.ts'

/** How much and how long may be asked of a pool. */
export interface PoolLimits {
  /** How many may wait for a connection, and for how many milliseconds. */
  waiting: number
  wait: number
  /** Milliseconds that a statement may take. */
  statement: number
  /** Milliseconds from which on a statement is told of as slow. */
  slow: number
}

/** Who is told of what happens in a pool. */
export interface PoolWatch {
  /** A request got no connection: too many waited already, or it has waited too long. */
  refused(why: 'queue' | 'wait'): void
  /** A statement was stopped since it took too long. */
  stopped(shape: string): void
  /** A statement took long. `shape` is its text without values. */
  slow(shape: string, milliseconds: number): void
}

const guards = new WeakMap<pg.Pool, { limits: PoolLimits; watch: PoolWatch }>()

type Borrowed = Parameters<pg.Pool['connect']>[0]

const overloaded = (detail: string, cause?: Error) =>
  new Problem('overloaded', detail, { cause, headers: { 'retry-after': retryAfter } })

/** What `pg` says when no connection became free in time. */
const waitedInVain = 'timeout exceeded when trying to connect'

/** A statement's text without values; undefined for what is no statement of its own, such as COPY. */
function shapeOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given
  // What pg calls submittable speaks to the connection itself.
  if (typeof given !== 'object' || given === null || 'submit' in given) return undefined
  return 'text' in given && typeof given.text === 'string' ? given.text : ''
}

/** Has a connection's statements run for only so long, and tells of those that take long. */
function guardClient(client: pg.PoolClient, limits: PoolLimits, watch: PoolWatch): void {
  const query = client.query
  const guarded = (...given: unknown[]): unknown => {
    const shape = shapeOf(given[0])
    if (shape === undefined) return Reflect.apply(query, client, given)
    const deadline = deadlineOf(client, limits.statement, shape)
    const begun = performance.now()
    const ended = (done: () => void) => {
      const took = performance.now() - begun
      if (took >= limits.slow) watch.slow(shape, took)
      if (deadline.passed()) watch.stopped(shape)
      deadline.end(done)
    }
    const last = given.at(-1)
    if (typeof last === 'function') {
      const answer = (...result: unknown[]) => ended(() => Reflect.apply(last, undefined, result))
      return Reflect.apply(query, client, [...given.slice(0, -1), answer])
    }
    const result: Promise<unknown> = Reflect.apply(query, client, given)
    return result.finally(() => new Promise<void>(ended))
  }
  // It takes and returns what pg's own does, by passing it on.
  client.query = guarded as typeof query
}

/**
 * Bounds what is asked of a pool from here on: how many wait for a connection and for how long, and how long
 * statements run. All of it is done on this side, so that no setting of a session is needed, which a pooler in
 * transaction mode would give to others, and no further round trip.
 */
export function guardPool(pool: pg.Pool, limits: PoolLimits, watch: PoolWatch): void {
  const connect = pool.connect.bind(pool)
  const known = new WeakSet<pg.PoolClient>()
  guards.set(pool, { limits, watch })
  pool.options.connectionTimeoutMillis = limits.wait

  const borrow = (done: Borrowed): void => {
    // Those for whom a connection is free wait no longer than this turn of the event loop.
    if (pool.waitingCount - pool.idleCount >= limits.waiting) {
      watch.refused('queue')
      const refusal = overloaded(`${limits.waiting} requests wait for the database already.`)
      process.nextTick(done, refusal, undefined, () => {})
      return
    }
    connect((error, client, release) => {
      if (client && !known.has(client)) {
        known.add(client)
        guardClient(client, limits, watch)
      }
      if (error?.message !== waitedInVain) return done(error, client, release)
      watch.refused('wait')
      const detail = `No connection to the database became free within ${limits.wait / 1000} s.`
      done(overloaded(detail, error), client, release)
    })
  }
  const promised = () =>
    new Promise<pg.PoolClient>((resolve, reject) => {
      borrow((error, client) => (client ? resolve(client) : reject(error)))
    })
  // pg's own queries of the pool come this way, too; they call back.
  pool.connect = ((done?: Borrowed) => (done ? borrow(done) : promised())) as typeof pool.connect
}

/**
 * Waits for the beginning of what a statement gives that flows, such as COPY, for as long as other statements may take.
 * @param shape what the statement is, without its values.
 * @param begin ends when the signal is given.
 * @throws Problem `too-slow` when it has not begun in time, and what `begin` throws.
 */
export async function inTime<T>(
  pool: pg.Pool,
  shape: string,
  begin: (late: AbortSignal) => Promise<T>,
): Promise<T> {
  const guard = guards.get(pool)
  if (!guard) return begin(new AbortController().signal)
  const { limits, watch } = guard
  const started = performance.now()
  const late = AbortSignal.timeout(limits.statement)
  try {
    return await begin(late)
  } catch (error) {
    if (!late.aborted) throw error
    watch.stopped(shape)
    throw tooSlow(error)
  } finally {
    const took = performance.now() - started
    if (took >= limits.slow) watch.slow(shape, took)
  }
}
