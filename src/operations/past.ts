import { singleReads, type Transaction } from '../database/database.ts'
import { beginPast, pastStatements } from '../database/past.ts'
import type { Context } from './operation.ts'

type Services = Pick<Context, 'database' | 'longReads'>

async function readPast<T>(
  { database, longReads }: Services,
  at: string,
  work: (registry: Transaction) => Promise<T>,
): Promise<T> {
  const release = await longReads.acquire()
  try {
    return await database.readTransaction(beginPast(at), (tx) => work(pastStatements(tx)))
  } finally {
    release()
  }
}

/**
 * Runs statements on the present registry, or on the registry as of a time.
 * @param at undefined for now; otherwise RFC 3339, or a date for its first millisecond in UTC.
 * @param work must run its statements one after the other when `at` is given, because they share a connection.
 * @throws Problem `busy` at the limit of concurrent reads of the past, and what `work` throws.
 */
export const readRegistryAt = <T>(
  at: string | undefined,
  services: Services,
  work: (registry: Transaction) => Promise<T>,
): Promise<T> => (at === undefined ? work(singleReads(services.database)) : readPast(services, at, work))
