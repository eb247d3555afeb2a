import { sql } from 'drizzle-orm'
import { bigint, index, integer, json, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'
import { bytesColumn, oneOf } from '../columns.ts'
import { type authorKinds, changeKinds } from '../vocabularies.ts'

/** Who changes something, as histories name them for good: keys are revoked, and people change their names. */
export interface Author {
  kind: (typeof authorKinds)[number]
  /** The key's id (`ADMIN_KEY` for the one that the service was started with), or the token's subject. */
  id: string | null
  name: string | null
}

/** Who changes something, and why. */
export interface Authorship {
  actor: Author
  /** What logs know the request by; null where there was none. */
  requestId: string | null
  /** What the client gave as its reason. */
  reason: string | null
}

/**
 * Every state that a record has been in, written in the transaction that made it so. Nothing goes, and nothing changes but
 * by a redaction: triggers refuse it for every role. It has no foreign keys, since it outlives the record.
 *
 * The revisions of a record are a chain: the hash of each covers the hash of the one before. A trigger makes salt and
 * hashes (`migrations/0004_chain.sql`), and docs/integrity.md has the formula.
 */
export const revisions = pgTable(
  'revisions',
  {
    /** In the order of writing, which is not that of commits. */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Number of the transaction that has written it, by which readers tell what may still come before others. */
    transaction: bigint('transaction', { mode: 'number' }).notNull().default(sql`feed_transaction()`),
    resource: text('resource').notNull(),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    operation: text('operation', { enum: changeKinds }).notNull(),
    /** The record as it was answered; of a removal, as it was before. */
    document: json('document').notNull(),
    /** Who has made it, as answers show it. */
    actor: json('actor').$type<Author>().notNull(),
    time: timestamp('time', { withTimezone: true, precision: 3 }).notNull().default(sql`change_time()`),
    requestId: text('request_id'),
    reason: text('reason'),
    /** Random bytes that go into the hash of the content, so that nobody can guess a removed text from the hash. */
    salt: bytesColumn('salt').notNull(),
    /** SHA-256 of salt, document, actor, request id and reason as they were first written; a redaction keeps it. */
    contentHash: bytesColumn('content_hash').notNull(),
    /** SHA-256 of the hash before, of what a redaction never changes, and of `contentHash`. */
    hash: bytesColumn('hash').notNull(),
    /** The version of the last redaction that has changed the content. */
    redactedBy: integer('redacted_by'),
    /** Of a redaction: the hash of the content that it has left, in hexadecimal, of each version that it has changed. */
    redactions: json('redactions').$type<Record<string, string>>(),
  },
  (table) => [
    oneOf('revisions_operation_known', table.operation, changeKinds),
    unique('revisions_version_unique').on(table.resource, table.key, table.version),
    index('revisions_feed').on(table.transaction, table.sequence),
    index('revisions_resource_feed').on(table.resource, table.transaction, table.sequence),
    index('revisions_time').on(table.time),
  ],
)
