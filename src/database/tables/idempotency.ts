import { index, integer, json, pgTable, text } from 'drizzle-orm/pg-core'
import { instantColumn } from '../columns.ts'

/**
 * The responses to requests with an `Idempotency-Key`, written in the transactions of the requests. Changes to this table
 * send no notification, because no cached response depends on it.
 */
export const idempotentRequests = pgTable(
  'idempotent_requests',
  {
    /** SHA-256, in base64url, of the actor and the `Idempotency-Key`. */
    identity: text('identity').primaryKey(),
    /**
     * SHA-256, in base64url, of the method, URL, `If-Match`, `Change-Reason` and body; `redacted` after a redaction of the
     * response.
     */
    fingerprint: text('fingerprint').notNull(),
    status: integer('status').notNull(),
    headers: json('headers').$type<Record<string, string>>().notNull(),
    /** Media type of the body; null for JSON. */
    type: text('type'),
    /** Null for a response without a body, and after a redaction of the response. */
    body: text('body'),
    createdAt: instantColumn('created_at').notNull().defaultNow(),
  },
  (table) => [index('idempotent_requests_created_at').on(table.createdAt)],
)
