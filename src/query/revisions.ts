import { type SQL, sql } from 'drizzle-orm'
import type { QueryConfig } from 'pg'
import { revisions } from '../database/tables/index.ts'
import type { changeKinds } from '../database/vocabularies.ts'
import { propertiesOf, rfc3339 } from '../model/document.ts'
import { moment } from '../model/filters.ts'
import type { Resource } from '../model/resource.ts'
import { statement } from './statement.ts'

/** What has made a revision. */
export type ChangeKind = (typeof changeKinds)[number]

const placeholder = (name: string): SQL => sql`${sql.placeholder(name)}`

/** The JSON of what a revision is, without the record's own. */
const entry = sql`json_build_object('version', version, 'operation', operation, 'actor', actor, 'time', ${rfc3339(sql`"time"`)},
  'requestId', request_id, 'reason', reason)`

/**
 * The statement of a record's revisions, newest first: rows of `entry` (what it is, as JSON) and `document` (as text).
 * @param before only versions below it; undefined for all.
 */
export function historyStatement(
  resource: Resource,
  key: string,
  before: number | undefined,
  limit: number,
): QueryConfig {
  const build = () => {
    const bound = before === undefined ? sql`` : sql` and version < ${placeholder('before')}::int`
    return sql`select ${entry} as entry, document::text as document from ${revisions}
      where resource = ${placeholder('resource')} and key = ${placeholder('key')}${bound}
      order by version desc limit ${placeholder('limit')}`
  }
  const values = { resource: resource.name, key, limit, ...(before !== undefined && { before }) }
  return statement(`history|${before === undefined ? 'first' : 'after'}`, build, values)
}

/** The statement of one revision: rows as those of a history. */
export function revisionStatement(resource: Resource, key: string, version: number): QueryConfig {
  const build = () =>
    sql`select ${entry} as entry, document::text as document from ${revisions}
      where resource = ${placeholder('resource')} and key = ${placeholder('key')} and version = ${placeholder('version')}::int`
  return statement('revision', build, { resource: resource.name, key, version })
}

/**
 * The statement of a record as it stood at a moment: `version`, `operation`, and `document` as text, with the properties
 * asked for; no row when it was not there yet. Of a record that had been removed by then, the operation says so.
 * @param moment RFC 3339, or a date for its first moment in UTC.
 */
export function pastStatement(
  resource: Resource,
  key: string,
  at: string,
  fields: readonly string[],
): QueryConfig {
  const whole = fields.length === propertiesOf(resource).length
  const build = () => {
    // Values pass as the text that they were; so do numbers, which a program would write in its own way.
    const sparse = sql`(select json_object_agg(part.key, part.value order by part.at) from json_each(document)
      with ordinality as part(key, value, at) where part.key = any(${placeholder('fields')}::text[]))`
    return sql`select version, operation, ${whole ? sql`document` : sparse}::text as document from ${revisions}
      where resource = ${placeholder('resource')} and key = ${placeholder('key')} and "time" <= (${moment(placeholder('at'))})
      order by version desc limit 1`
  }
  const values = { resource: resource.name, key, at, ...(!whole && { fields }) }
  return statement(`past|${whole ? 'whole' : 'sparse'}`, build, values)
}

/** A place in the feed of changes. */
export interface FeedPosition {
  transaction: string
  sequence: string
}

/** What is asked of the feed of changes. */
export interface FeedPlan {
  /** Undefined from the first on. */
  after: FeedPosition | undefined
  /** Names of resources; none means all. */
  resources: string[]
  limit: number
}

/**
 * The statement of the changes after a place: rows of `position` and `document`, its JSON as text.
 *
 * The order is that of transactions' numbers. It has no gap which something could still fall into: of transactions that
 * run, and so of all that come after one that runs, nothing is shown yet.
 */
export function feedStatement({ after, resources, limit }: FeedPlan): QueryConfig {
  const build = () => {
    const position = sql`transaction || '.' || sequence`
    const bound = after
      ? sql` and (transaction, sequence) > (${placeholder('transaction')}::bigint, ${placeholder('sequence')}::bigint)`
      : sql``
    const wanted =
      resources.length > 0 ? sql` and resource = any(${placeholder('resources')}::text[])` : sql``
    return sql`select ${position} as position, (select row_to_json(change) from (select ${position} as "position", resource,
        key, version, operation, actor, ${rfc3339(sql`"time"`)} as "time", request_id as "requestId", reason, document) change)::text as document
      from ${revisions} where transaction < (select feed_horizon())${bound}${wanted}
      order by transaction, sequence limit ${placeholder('limit')}`
  }
  const values = { ...after, resources, limit }
  return statement(
    `feed|${after ? 'after' : 'first'}|${resources.length > 0 ? 'some' : 'all'}`,
    build,
    values,
  )
}
