import { type SQL, sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  check,
  customType,
  date,
  index,
  integer,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

/** A UUIDv7 primary key, made by the database (RFC 9562, section 5.7). */
export const uuidKey = () => uuid('id').primaryKey().default(sql`uuid_v7()`)

/** A time in milliseconds, as SQL's `timestamptz(3)`. */
const changeTime = (name: string) =>
  timestamp(name, { withTimezone: true, precision: 3 }).notNull().default(sql`change_time()`)

/**
 * The column that makes a table a system-versioned one: since when the row is as it is. Spread it into every table with
 * a history; `sync_history()` (migrations) does the rest.
 */
export const versioned = { rowStart: changeTime('row_start') }

/** What every record carries: its version, which starts at 1, and when it was made and last changed. */
export const revisionColumns = {
  version: integer('version').notNull().default(1),
  createdAt: changeTime('created_at'),
  updatedAt: changeTime('updated_at'),
  ...versioned,
}

const edtfBound = (name: string, bound: 'earliest' | 'latest') =>
  date(`${name}_${bound}`).generatedAlwaysAs(sql.raw(`edtf_${bound}(${name})`))

type EdtfColumns<Key extends string> = Record<Key, ReturnType<typeof text>> &
  Record<`${Key}Earliest` | `${Key}Latest`, ReturnType<typeof edtfBound>>

/**
 * A date as its source gives it: EDTF text beside its earliest and latest day, which the database computes.
 * @example ...edtfDate('signedOn', 'signed_on') // signedOn, signedOnEarliest, signedOnLatest
 */
export function edtfDate<Key extends string>(key: Key, name: string): EdtfColumns<Key> {
  // TypeScript widens computed keys to string; the three keys are the ones the type names.
  return {
    [key]: text(name),
    [`${key}Earliest`]: edtfBound(name, 'earliest'),
    [`${key}Latest`]: edtfBound(name, 'latest'),
  } as EdtfColumns<Key>
}

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

/**
 * The full-text column of a table, made by the database from its texts.
 * @param weighted SQL text expressions: `A` names and titles, `B` prose.
 */
export function searchColumn(weighted: { A: string[]; B?: string[] }) {
  const parts = Object.entries(weighted).flatMap(([weight, texts]) =>
    texts.map((expression) => `setweight(to_tsvector('english', plain_text(${expression})), '${weight}')`),
  )
  return tsvector('search').generatedAlwaysAs(sql.raw(parts.join(' || ')))
}

const literals = (values: readonly string[]) =>
  sql.raw(values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', '))

/** A check constraint that holds a column to a closed list; null passes. */
export const oneOf = (name: string, column: AnyPgColumn, values: readonly string[]) =>
  check(name, sql`${column} in (${literals(values)})`)

/** A check constraint that requires exactly one of the columns to be filled. */
export const exactlyOne = (name: string, columns: AnyPgColumn[]) =>
  check(name, sql`num_nonnulls(${sql.join(columns, sql`, `)}) = 1`)

/** A check constraint for text that must say something: not empty, no blank edges. */
export const filled = (name: string, column: AnyPgColumn) =>
  check(name, sql`${column} <> '' and ${column} = btrim(${column})`)

/** A check constraint on the form of a text, as a POSIX regular expression. */
export const matches = (name: string, column: AnyPgColumn, pattern: string) =>
  check(name, sql`${column} ~ ${sql.raw(`'${pattern}'`)}`)

/** An index of the rows that belong to a record, in their order there, of a table whose rows belong to records of several kinds. */
export const ofOwner = (name: string, owner: AnyPgColumn, position: AnyPgColumn) =>
  index(name)
    .on(owner, position)
    .where(sql`${sql.identifier(owner.name)} is not null`)

/** A check constraint written out. */
export const holds = (name: string, condition: SQL) => check(name, condition)
