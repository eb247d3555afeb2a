import type pg from 'pg'
import { Problem } from '../problems/problem.ts'

/**
 * Places for what holds a connection for longer than a statement: half of the pool, so that others find some.
 */

interface Places {
  taken: number
  /** Who waits, longest first. */
  waiting: (() => void)[]
}

const placesOf = new WeakMap<pg.Pool, Places>()

/** Seconds after which a refused request is worth another try. */
const retryAfter = '5'

/** Milliseconds after which nobody waits any longer. */
const longest = 10_000

const mostOf = (pool: pg.Pool) => Math.max(1, Math.floor(pool.options.max / 2))

function placesIn(pool: pg.Pool): Places {
  const places = placesOf.get(pool) ?? { taken: 0, waiting: [] }
  placesOf.set(pool, places)
  return places
}

/** Gives a place to who waits for it, or back. */
function leave(places: Places): void {
  const next = places.waiting.shift()
  if (next) next()
  else places.taken -= 1
}

const busy = (pool: pg.Pool) =>
  new Problem('busy', `${mostOf(pool)} exports and questions about the past run, as many as may at once.`, {
    headers: { 'retry-after': retryAfter },
  })

/**
 * Takes a place.
 * @param patience milliseconds to wait for one.
 * @returns what gives it back, to be called once.
 * @throws Problem `busy` when all remain taken.
 */
async function take(pool: pg.Pool, patience: number): Promise<() => void> {
  const places = placesIn(pool)
  if (places.taken < mostOf(pool)) {
    places.taken += 1
    return () => leave(places)
  }
  if (patience === 0) throw busy(pool)
  await new Promise<void>((resolve, reject) => {
    const called = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      places.waiting = places.waiting.filter((other) => other !== called)
      reject(busy(pool))
    }, patience)
    places.waiting.push(called)
  })
  return () => leave(places)
}

/** How many places of a pool are taken. */
export const placesTaken = (pool: pg.Pool): number => placesOf.get(pool)?.taken ?? 0

/** Takes a place at once. @returns what gives it back. @throws Problem `busy` when all are taken. */
export const takePlace = (pool: pg.Pool): Promise<() => void> => take(pool, 0)

/** Waits for a place, which others leave soon. @returns what gives it back. @throws Problem `busy` after ten seconds. */
export const waitForPlace = (pool: pg.Pool): Promise<() => void> => take(pool, longest)
