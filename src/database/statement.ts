import type pg from 'pg'

/** SQL text with its values. A statement with a `name` is prepared on the connection. */
export interface Statement {
  text: string
  name?: string | undefined
  values?: unknown[] | undefined
}

/**
 * Runs statements one after another. In a transaction, all of them run on one connection. A `Transaction` of `autocommitReads`
 * runs each statement separately, on any connection.
 */
export interface Transaction {
  query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]>
}
