import { sql } from 'drizzle-orm'
import { bigint, index, integer, json, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { bytesColumn, instantColumn, oneOf } from '../columns.ts'
import { type authorKinds, changeKinds } from '../vocabularies.ts'

/** The actor of a change, as stored in the history. The stored actor does not change when the key is revoked or renamed. */
export interface Author {
  kind: (typeof authorKinds)[number]
  /** The key's id (`ADMIN_KEY` for the key in the configuration of the service), or the token's subject. */
  id: string | null
  name: string | null
}

/** The actor, request and reason of a change. */
export interface Authorship {
  actor: Author
  /** Id of the request in the logs; null if there was no request. */
  requestId: string | null
  /** Why the change was made: `Change-Reason` of the request, `reason` of a redaction, or the import. */
  reason: string | null
}

/**
 * The versions of every record. The service writes a revision in the transaction of its change. If a removal bypasses the
 * service, a trigger does so. Any other change that bypasses the service gets its revision later
 * (`operations/writing/database-revisions.ts`), or none if another such change follows first.
 *
 * A trigger refuses to delete revisions, and to change them in any other way than by a redaction, even for the owner of the
 * database. The table has no foreign keys, since revisions outlive their records.
 *
 * The revisions of a record are a hash chain: the hash of each revision covers the hash of the previous one. A trigger creates
 * the salt and computes the hashes (`migrations/0004_chain.sql`), and docs/integrity.md has the formula.
 */
export const revisions = pgTable(
  'revisions',
  {
    /** Number of the revision in the order of writing, which is not the order of commits. */
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Id of the writing transaction, plus `feed_offset` (`align-feed.ts`). The feed is ordered by this sum. */
    transaction: bigint('transaction', { mode: 'number' }).notNull().default(sql`feed_transaction()`),
    resource: text('resource').notNull(),
    key: text('key').notNull(),
    version: integer('version').notNull(),
    operation: text('operation', { enum: changeKinds }).notNull(),
    /** The document at this version; for a removal, the last document. */
    document: json('document').notNull(),
    /** The actor of the change, as responses show it. */
    actor: json('actor').$type<Author>().notNull(),
    /**
     * The countries that the document names, directly or through organizations. A country also names itself. The trigger
     * `name_countries` sets them.
     */
    countries: text('countries').array().notNull().default([]),
    time: instantColumn('time').notNull().default(sql`change_time()`),
    requestId: text('request_id'),
    reason: text('reason'),
    /** Random bytes that go into the hash of the content, so that nobody can guess a removed text from the hash. */
    salt: bytesColumn('salt').notNull(),
    /** SHA-256 of the original salt, document, actor, request id and reason. Redactions change no hash. */
    contentHash: bytesColumn('content_hash').notNull(),
    /** SHA-256 of the previous revision's hash, `contentHash` and the columns that docs/integrity.md lists. */
    hash: bytesColumn('hash').notNull(),
    /** The version of the last redaction that has changed the content. */
    redactedBy: integer('redacted_by'),
    /** For a removal: key of the record into which this one was merged. */
    mergedInto: text('merged_into'),
    /** For a redaction: the hash of the remaining content in hexadecimal, by the version that was changed. */
    redactions: json('redactions').$type<Record<string, string>>(),
  },
  (table) => [
    oneOf('revisions_operation_known', table.operation, changeKinds),
    unique('revisions_version_unique').on(table.resource, table.key, table.version),
    index('revisions_feed').on(table.transaction, table.sequence),
    index('revisions_resource_feed').on(table.resource, table.transaction, table.sequence),
    index('revisions_time').on(table.time),
    // `fastupdate` is off, since every search would read its list of pending entries.
    index('revisions_countries').using('gin', table.countries).with({ fastupdate: false }),
  ],
)
