import pg from 'pg'
import { type Transaction, wholeTableSettings } from './database.ts'

/**
 * Statements with which a read-only transaction begins in which the tables are as they were: names without a schema mean
 * the views of the schema `past`. It never gets a transaction id. Its statements must go through `pastStatements`.
 * @param at RFC 3339, or a date for its first millisecond in UTC. Times of changes are whole milliseconds.
 */
export const beginPast = (at: string): string => `${wholeTableSettings};
  set local search_path = past, public;
  set local entente.as_of = ${pg.escapeLiteral(new Date(at).toISOString())}`

/**
 * Gives statements about the past another text than those about the present, since poolers such as PgBouncer prepare
 * equal texts once for all; and no name, since a changed search path makes prepared plans useless.
 */
export const pastStatements = (tx: Transaction): Transaction => ({
  query: ({ text, values }) => tx.query({ text: `/* as of */ ${text}`, values }),
})
