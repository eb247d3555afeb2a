import { type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { QueryConfig } from 'pg'
import { dialect } from '../database/dialect.ts'
import { changedKeys } from '../database/shadows.ts'
import { revisions } from '../database/tables/index.ts'
import type { Resource } from '../resources/resource.ts'
import { instant, moment } from './filters.ts'
import { type CheckedQuery, type Parameter, single, wordsOf } from './parameters.ts'

/** The registry as it stood at a moment: how that is asked for, and the statements that find what has changed since. */

const pastMoment = instant.refine((text) => !(Date.parse(text) > Date.now()), {
  error: 'must be a moment that has been: nothing is known of the future',
})

/** The usual name of the parameter. */
const usual = 'asOf'

/**
 * The name under which requests with a resource's filters ask for a moment of the registry: where a filter is called
 * `asOf`, another one.
 */
export const momentName = ({ filters }: Resource): string =>
  Object.hasOwn(filters, usual) ? 'registryAsOf' : usual

/**
 * The parameter that asks for a moment.
 * @param answered what is answered as of it.
 */
export const momentParameter = (answered: string, more = ''): Parameter =>
  single(
    pastMoment,
    `Answers ${answered} as the registry stood at a moment, by its history: an RFC 3339 timestamp, or a date for its first moment in UTC.${more}`,
  )

/** The parameter for requests without filters beside it. */
export const recordMoment = (answered: string): Record<string, Parameter> => ({
  [usual]: momentParameter(answered),
})

/** The parameter for requests with the resource's filters beside it. */
export function listMoment(resource: Resource): Record<string, Parameter> {
  const name = momentName(resource)
  const more = name === usual ? '' : ` Here, \`${usual}\` is the ${resource.noun}'s own date.`
  return { [name]: momentParameter(`the ${resource.name.replaceAll('-', ' ')}`, more) }
}

/** The moment that a request without filters asks for: RFC 3339 or a date; undefined for now. */
export const recordMomentOf = (query: CheckedQuery): string | undefined => wordsOf(query, usual)[0]

/** The same for a request with the resource's filters. */
export const listMomentOf = (resource: Resource, query: CheckedQuery): string | undefined =>
  wordsOf(query, momentName(resource))[0]

/** A statement without a name, since its tables are those of one transaction. */
function once(query: SQL): QueryConfig {
  const { sql: text, params: values } = dialect.sqlToQuery(query)
  return { text, values }
}

const changedIn = (table: PgTable) => sql.raw(changedKeys(table))
const typeOf = ({ column }: Resource['key']) => sql.raw(column.getSQLType())
const since = (at: string) => sql`"time" > (${moment(sql`${at}`)})`

/** The names of the resources whose records have changed since a moment, as `resource`. */
export const changedResources = (at: string): QueryConfig =>
  once(sql`select distinct resource from ${revisions} where ${since(at)}`)

/** Keeps the keys of a resource's records that have changed since a moment. */
export const keepChangedKeys = ({ name, table, key }: Resource, at: string): QueryConfig =>
  once(sql`insert into ${changedIn(table)}
    select distinct key::${typeOf(key)} from ${revisions} where resource = ${name} and ${since(at)}`)

/**
 * What records that have changed since a moment were at it, in the order of their keys: rows of `key`, and `document` as
 * text; null for what was not there then.
 * @param last the key after which to go on; undefined from the first on.
 */
export function pastDocuments(
  { name, table, key }: Resource,
  at: string,
  last: string | undefined,
  limit: number,
): QueryConfig {
  const further = last === undefined ? sql`` : sql` where key > ${last}::${typeOf(key)}`
  return once(sql`select changed.key::text as key, past.document::text as document
    from (select key from ${changedIn(table)}${further} order by key limit ${limit}) changed
    left join lateral (
      select document, operation from ${revisions} past
      where resource = ${name} and past.key = changed.key::text and not (${since(at)}) order by version desc limit 1
    ) past on past.operation <> 'remove'
    order by changed.key`)
}
