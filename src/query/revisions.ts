import { sql } from 'drizzle-orm'
import { timelineColumn } from '../database/replicas/position.ts'
import type { Statement } from '../database/statement.ts'
import { records, revisions } from '../database/tables/index.ts'
import type { changeKinds } from '../database/vocabularies.ts'
import { rfc3339 } from '../model/document.ts'
import type { Registry } from '../model/registry.ts'
import { type Resource, withCurrentNames } from '../model/resource.ts'
import { boundedRows, maxPageBytesSql, placeholder, statement } from './statement.ts'

/** The operation that wrote a revision. */
export type ChangeKind = (typeof changeKinds)[number]

/** SQL of the properties of a revision, without its document, as columns with the names of the properties. */
const properties = sql`version, operation, actor, ${rfc3339(sql`"time"`)} as "time", request_id as "requestId", reason,
  redacted_by as "redactedBy", merged_into as "mergedInto"`

/** SQL of a revision's JSON without its document. */
const entry = sql`(select row_to_json(entry) from (select ${properties}) as entry)`

/**
 * SQL of the key of the record that was merged into the record of a revision. The removal of the merged record is written
 * before this revision, in the same transaction.
 */
const mergedFrom = sql`case when operation = 'merge' then (select removal.key from ${revisions} as removal
  where removal.transaction = ${revisions.transaction} and removal.sequence < ${revisions.sequence}
    and removal.resource = ${revisions.resource} and removal.merged_into = ${revisions.key}
  order by removal.sequence desc limit 1) end`

/** SQL of whether the record of the history redirects to the record into which it was merged. */
const isMerged = sql`exists (select from ${records} where ${records.id} = ${placeholder('id')}::uuid and ${records.mergedInto} is not null)`

/**
 * Returns the statement of a record's revisions, newest first: rows of `entry` (JSON), `document` (text), `mergedFrom`, `isMerged`,
 * and `found`, the number of revisions up to the limit. If the documents are too large together, there are fewer rows than `found`,
 * but at least the first two, since the history compares each revision with the one before it.
 * @param before a version: only lower versions are returned; undefined for all.
 * @param limit maximum number of revisions.
 */
export function historyStatement(
  resource: Resource,
  key: string,
  before: number | undefined,
  limit: number,
): Statement {
  const build = () => {
    const bound = before === undefined ? sql`` : sql` and version < ${placeholder('before')}::int`
    const orderBy = sql`order by version desc`
    const rows = sql`select *, ${mergedFrom} as merged_from from ${revisions}
      where resource = ${placeholder('resource')} and key = ${placeholder('key')}${bound} ${orderBy} limit ${placeholder('limit')}`
    return sql`select ${entry} as entry, document::text as document, merged_from as "mergedFrom", ${isMerged} as "isMerged", found
      from ${boundedRows(rows, orderBy)} where bytes_before < ${maxPageBytesSql} or place <= 2 ${orderBy}`
  }
  const { name, registry } = resource
  const id = registry.recordId({ resource: name, key })
  const values = { resource: name, key, id, limit, ...(before !== undefined && { before }) }
  return statement(`history|${before === undefined ? 'first' : 'before'}`, build, values)
}

/** Returns the statement of one revision: a row of `entry` and `document`, as in `historyStatement`. */
export function revisionStatement(resource: Resource, key: string, version: number): Statement {
  const build = () =>
    sql`select ${entry} as entry, document::text as document from ${revisions}
      where resource = ${placeholder('resource')} and key = ${placeholder('key')} and version = ${placeholder('version')}::int`
  return statement('revision', build, { resource: resource.name, key, version })
}

/**
 * Returns the JSON of a revision: an entry with its document. The document has the current names of properties, as the
 * schema of the record does. If no property was renamed, the document is the stored text.
 * @param entry the JSON of the revision without its document.
 * @param document the stored JSON text.
 */
export function revisionJson(
  resource: Pick<Resource, 'formerNames'>,
  entry: string,
  document: string,
): string {
  const current = resource.formerNames
    ? JSON.stringify(withCurrentNames(resource, JSON.parse(document)))
    : document
  return `${entry.slice(0, -1)},"document":${current}}`
}

/** A position in the feed of changes. */
export interface FeedPosition {
  transaction: string
  sequence: string
}

/** The plan of a page of the feed of changes. */
export interface FeedPlan {
  /** The position after which the page starts, in the given order; undefined for the first page. */
  after: FeedPosition | undefined
  /** Names of resources, each once; an empty array means all. */
  resources: string[]
  /** Codes of countries that the records name; an empty array means all records. */
  countries: string[]
  /** `asc` is the order of the feed; `desc` starts at its end. */
  order: 'asc' | 'desc'
  limit: number
  /**
   * Includes changes at the end of the feed that are not settled: a transaction that is still running may add changes before
   * them. A reader that continues from a position must not set this, since it would miss these changes.
   */
  withUnsettled?: true
}

/**
 * SQL of the transaction id before which the feed ends. The SQL fails on a standby (`pg_current_wal_flush_lsn()` raises an error
 * during recovery), since a former primary that became a standby may have changes that the new primary never got.
 */
const horizon = sql`(select feed_horizon() where pg_current_wal_flush_lsn() is not null)`

/** A row of `feedStatement`: `entry` is the JSON of the change without its document, `document` is the stored text. */
export interface FeedRow {
  position: string
  resource: string
  entry: string
  document: string
  /** Number of changes up to the limit of the plan. There are fewer rows if their documents are too large together. */
  found: number
}

/**
 * Returns the JSON of a change in the feed. The registry may lack the resource of the change: a later version of the service may
 * have written it.
 */
export const changeJson = (registry: Registry, { resource, entry, document }: FeedRow): string =>
  revisionJson(registry.find(resource) ?? {}, entry, document)

/** Returns the statement of the last change that the feed shows: a row of `position`, or none. */
export const feedEndStatement = (): Statement =>
  statement(
    'feed|end',
    () => sql`select transaction || '.' || sequence as position from ${revisions}
      where transaction < ${horizon} order by transaction desc, sequence desc limit 1`,
    {},
  )

/** A row of `feedStateStatement`. */
export interface FeedState {
  /** The timeline of the primary, which rises with each failover and each recovery to an earlier time. */
  timeline: string
  /** Whether the position is beyond the end of the feed. */
  isBeyond: boolean
}

/**
 * Returns the statement that compares a position with the end of the feed: a `FeedState`. The end moves back only when the
 * registry is restored to an earlier state. So a position beyond it is from another registry, or of a lost change.
 */
export const feedStateStatement = ({ transaction }: Pick<FeedPosition, 'transaction'>): Statement =>
  statement(
    'feed|state',
    () =>
      sql`select ${sql.raw(timelineColumn)}, ${placeholder('transaction')}::bigint >= ${horizon} as "isBeyond"`,
    { transaction },
  )

/**
 * Returns the statement of the changes after a position: rows of `FeedRow`.
 *
 * Changes are ordered by transaction id. Without `withUnsettled`, a change is shown only when no transaction with a lower id
 * is still running, so no change can later appear before a position that a client has read.
 */
export function feedStatement({
  after,
  resources,
  countries,
  order,
  limit,
  withUnsettled,
}: FeedPlan): Statement {
  // An index has the changes of a resource in the order of the feed. With `any`, PostgreSQL sorts all changes of the resources, after
  // it has checked for each whether readers without a role may see it.
  const isByResource = resources.length > 0 && countries.length === 0
  const build = () => {
    const position = sql`transaction || '.' || sequence`
    const direction = sql.raw(order)
    const beyond = sql.raw(order === 'asc' ? '>' : '<')
    const conditions = [
      withUnsettled ? sql`true` : sql`transaction < ${horizon}`,
      ...(after
        ? [
            sql`(transaction, sequence) ${beyond} (${placeholder('transaction')}::bigint, ${placeholder('sequence')}::bigint)`,
          ]
        : []),
      ...(isByResource ? [sql`resource = wanted`] : []),
      ...(resources.length > 0 && !isByResource
        ? [sql`resource = any(${placeholder('resources')}::text[])`]
        : []),
      ...(countries.length > 0 ? [sql`countries && ${placeholder('countries')}::text[]`] : []),
    ]
    const orderBy = sql`order by transaction ${direction}, sequence ${direction}`
    const page = sql`select * from ${revisions} where ${sql.join(conditions, sql` and `)} ${orderBy} limit ${placeholder('limit')}`
    const rows = isByResource
      ? sql`select page.* from unnest(${placeholder('resources')}::text[]) as wanted cross join lateral (${page}) as page ${orderBy} limit ${placeholder('limit')}`
      : page
    return sql`select ${position} as position, resource, (select row_to_json(change) from (select ${position} as "position", resource,
        key, ${properties}) as change)::text as entry, document::text as document, found
      from ${boundedRows(rows, orderBy)} where bytes_before < ${maxPageBytesSql} ${orderBy}`
  }
  const values = { ...after, resources, countries, limit }
  const shape = [after ? 'after' : 'first', resources.length > 0, countries.length > 0, order, withUnsettled]
  return statement(`feed|${shape.join('|')}`, build, values)
}
