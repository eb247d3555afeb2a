import { sql } from 'drizzle-orm'
import { bigint, index, integer, json, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'
import { changeKinds } from '../vocabularies.ts'
import { oneOf } from './columns.ts'

/**
 * Every state that a record has been in, written in the transaction that made it so. Nothing changes or goes: triggers
 * refuse it, whoever asks. It has no foreign keys, since it outlives what it speaks of.
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
    actor: text('actor').notNull(),
    time: timestamp('time', { withTimezone: true, precision: 3 }).notNull().default(sql`clock_timestamp()`),
    requestId: text('request_id'),
    reason: text('reason'),
  },
  (table) => [
    oneOf('revisions_operation_known', table.operation, changeKinds),
    unique('revisions_version_unique').on(table.resource, table.key, table.version),
    index('revisions_feed').on(table.transaction, table.sequence),
    index('revisions_resource_feed').on(table.resource, table.transaction, table.sequence),
  ],
)
