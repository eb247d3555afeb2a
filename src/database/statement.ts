import type pg from 'pg'

/** SQL text with its values. A statement with a `name` is prepared on the connection. */
export interface Statement {
  text: string
  name?: string | undefined
  values?: unknown[] | undefined
}

/** Runs statements one after another: in one transaction, or each in its own. */
export interface StatementRunner {
  query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]>
}

/**
 * Runs statements in one transaction, on one connection. Functions that take a `Transaction` also accept another
 * `StatementRunner`, such as `autocommitReads`.
 */
export type Transaction = StatementRunner
