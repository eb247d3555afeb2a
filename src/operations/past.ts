import { singleReads, type Transaction } from '../database/database.ts'
import { beginPast, pastStatements } from '../database/past.ts'
import type { Context } from './operation.ts'

/**
 * Runs statements on the present registry, or on the registry as of a time.
 * @param at undefined for now; otherwise RFC 3339, or a date for its first millisecond in UTC.
 * @param work must run its statements one after the other when `at` is given, because they share a connection.
 * It may run twice.
 * @throws what `work` throws.
 */
export const readRegistryAt = <T>(
  at: string | undefined,
  { database }: Pick<Context, 'database'>,
  work: (registry: Transaction) => Promise<T>,
): Promise<T> =>
  at === undefined
    ? work(singleReads(database))
    : database.readTransaction(beginPast(at), (tx) => work(pastStatements(tx)))
