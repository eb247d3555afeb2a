import { autocommitReads, type Transaction } from '../database/database.ts'
import { pastSetup, pastStatements } from '../database/past.ts'
import { wholeTableSettings } from '../database/reading-settings.ts'
import type { Context } from './operation.ts'

/**
 * Runs statements on the current registry, or on the registry as of a time.
 * @param at the time: RFC 3339, or a date, which means its first millisecond in UTC; undefined for the current registry.
 * @param work must run its statements one after the other when `at` is given, because they share a connection.
 * It may run several times.
 * @throws the errors of `work`.
 */
export const readRegistryAt = <T>(
  at: string | undefined,
  { database }: Pick<Context, 'database'>,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> =>
  at === undefined
    ? work(autocommitReads(database))
    : database.readTransaction(pastSetup(at), (tx) => work(pastStatements(tx)))

/**
 * Runs statements that read whole tables in one snapshot of the current registry, or of the registry as of a time.
 * @param at as in `readRegistryAt`.
 * @param work must run its statements one after the other, because they share a connection. It may run several times.
 * @param settings further settings of the transaction: SQL statements, separated by semicolons.
 * @throws the errors of `work`.
 */
export const readSnapshotAt = <T>(
  at: string | undefined,
  { database }: Pick<Context, 'database'>,
  work: (tx: Transaction) => Promise<T>,
  settings?: string,
): Promise<T> => {
  const setup = at === undefined ? wholeTableSettings : pastSetup(at)
  return database.readTransaction(settings === undefined ? setup : `${setup}; ${settings}`, (tx) =>
    work(at === undefined ? tx : pastStatements(tx)),
  )
}
