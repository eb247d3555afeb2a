import type pg from 'pg'
import { vi } from 'vitest'
import type { Transaction } from '../../src/database/database.ts'
import type { Statement } from '../../src/database/statement.ts'

/** Counts the iterations of the event loop from now on. */
export function watchEventLoop(): { iterations(): number; stop(): void } {
  let iterations = 0
  const iterate = () => {
    iterations += 1
    next = setImmediate(iterate)
  }
  let next = setImmediate(iterate)
  return { iterations: () => iterations, stop: () => clearImmediate(next) }
}

/**
 * Counts the iterations of the event loop during `work`. Mocks `performance.now` so that each time slice (`time-slice.ts`) has
 * ended at its next check. The test must restore the mock (`vi.restoreAllMocks`).
 */
export async function countIterations(work: () => Promise<unknown>): Promise<number> {
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000
    return now
  })
  const eventLoop = watchEventLoop()
  await work().finally(eventLoop.stop)
  return eventLoop.iterations()
}

/**
 * Counts the iterations of the event loop between the statements of `work`, which must send them in the given transaction.
 * @returns the result of `work`, and the largest number of iterations from the end of one statement to the next statement.
 */
export async function countBetweenStatements<Result>(
  tx: Transaction,
  work: (counting: Transaction) => Promise<Result>,
): Promise<{ result: Result; largest: number }> {
  const eventLoop = watchEventLoop()
  let largest = 0
  let lastEnd = eventLoop.iterations()
  const counting: Transaction = {
    query: async <Row extends pg.QueryResultRow>(statement: Statement) => {
      largest = Math.max(largest, eventLoop.iterations() - lastEnd)
      const rows = await tx.query<Row>(statement)
      lastEnd = eventLoop.iterations()
      return rows
    },
  }
  const result = await work(counting).finally(eventLoop.stop)
  return { result, largest }
}
