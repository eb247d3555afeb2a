import type { DatabaseOptions } from '../../src/database/database.ts'

/** Options with limits that no test reaches. */
export const generousOptions: DatabaseOptions = {
  maxConnections: 10,
  maxExpensive: 2,
  maxWaiting: 1000,
  acquireTimeoutMs: 10_000,
  statementTimeoutMs: 60_000,
  slowStatementMs: Number.POSITIVE_INFINITY,
}
