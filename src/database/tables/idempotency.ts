import { index, integer, json, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * What requests with an `Idempotency-Key` have been answered, written in their own transactions. Nobody else is answered
 * anything by it, so its changes are announced to nobody.
 */
export const idempotentRequests = pgTable(
  'idempotent_requests',
  {
    /** SHA-256, in base64url, of the actor and the key of the request. */
    identity: text('identity').primaryKey(),
    /** SHA-256, in base64url, of the method, URL and body. */
    fingerprint: text('fingerprint').notNull(),
    status: integer('status').notNull(),
    headers: json('headers').$type<Record<string, string>>().notNull(),
    /** Media type of the body; null where it is the usual one. */
    type: text('type'),
    body: text('body'),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
  },
  (table) => [index('idempotent_requests_created_at').on(table.createdAt)],
)
