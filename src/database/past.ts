import pg from 'pg'
import { forWholeTables } from './analyse.ts'

/** How long a statement about the past may run. */
export interface PastOptions {
  /** Milliseconds, which PostgreSQL measures itself. */
  statementTimeoutMs: number
}

/**
 * The statements that begin a transaction in which the tables are as they were: names without a schema mean the views of
 * the schema `past`. The transaction is read-only, sees one state of the database and never gets a transaction id.
 * Statements in it must be made by `pastStatement`.
 * @param at RFC 3339, or a date for its first millisecond in UTC. Times of changes are whole milliseconds.
 */
export const beginPast = (at: string, { statementTimeoutMs }: PastOptions): string =>
  `begin isolation level repeatable read read only; ${forWholeTables};
  set local statement_timeout = ${statementTimeoutMs};
  set local search_path = past, public;
  set local entente.as_of = ${pg.escapeLiteral(new Date(at).toISOString())}`

/**
 * A statement about the past: without a name, since a changed search path makes prepared plans useless, and with another
 * text than about the present, since poolers such as PgBouncer prepare equal texts once for all.
 */
export const pastStatement = ({ text, values = [] }: pg.QueryConfig): pg.QueryConfig => ({
  text: `/* as of */ ${text}`,
  values,
})
