import pg from 'pg'
import type { Transaction } from './database.ts'
import { wholeTableSettings } from './reading-settings.ts'

/**
 * Returns statements that make a read-only transaction read the tables as of an earlier time: names without a schema resolve
 * to the views of the schema `past`. They also set `wholeTableSettings`. PostgreSQL assigns no id to the transaction, so
 * it does not delay the feed of changes. Its statements, except COPY, which is never prepared, must go through `pastStatements`.
 * @param at RFC 3339, or a date, which means its first millisecond in UTC. Digits after the milliseconds are ignored, since
 * times of changes have none.
 */
export const pastSetup = (at: string): string => `${wholeTableSettings};
  set local search_path = past, public;
  set local entente.as_of = ${pg.escapeLiteral(new Date(at).toISOString())}`

/**
 * Returns a transaction for statements about the past. It marks their texts, since a pooler such as PgBouncer would otherwise use
 * one prepared statement for equal texts about the past and the present. It removes their names, since a changed search path
 * invalidates prepared plans.
 */
export const pastStatements = (tx: Transaction): Transaction => ({
  query: ({ text, values }) => tx.query({ text: `/* as of */ ${text}`, values }),
})
