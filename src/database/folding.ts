import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, type IndexBuilder, index } from 'drizzle-orm/pg-core'

/**
 * A text as it is compared in part: without regard to case and accents. Filters, searches and indexes all take it from
 * here, since an index serves an expression only where the two are the same.
 */
export const folded = (value: SQL | AnyPgColumn): SQL => sql`lower(plain_text(${value}))`

/** The beginning of a folded text in the order of its bytes: long enough to be a name, short enough for a B-tree. */
export const beginning = (value: SQL | AnyPgColumn): SQL => sql`left(${folded(value)}, 200) collate "C"`

/** The characters beyond ASCII in a text, alone and in pairs, since trigrams know no word of two ideographs. */
export const widePairs = (value: SQL | AnyPgColumn): SQL => sql`wide_pairs(${folded(value)})`

/**
 * All names of a record, one a line: its first, another one, and its aliases.
 * @param other a column, or null.
 */
export const nameLines = (name: AnyPgColumn, other: SQL | AnyPgColumn, aliases: AnyPgColumn): SQL =>
  sql`name_lines(${name}, ${other}, ${aliases})`

/** The names in such lines, folded, as an array. */
export const nameList = (lines: SQL | AnyPgColumn): SQL => sql`string_to_array(${folded(lines)}, U&'\\000A')`

/** The trigram index that serves the filters `contains` and `startsWith` of a text. */
export const partIndex = (name: string, value: SQL | AnyPgColumn): IndexBuilder =>
  index(name).using('gin', sql`(${folded(value)}) gin_trgm_ops`)

/** The index of a table's full-text column. */
export const searchIndex = (table: string, search: AnyPgColumn): IndexBuilder =>
  index(`${table}_search`).using('gin', search)

/**
 * What a search across resources finds a record's title by: how it begins, and ideographs in it. The trigrams of a
 * title are those of its filters.
 */
export const titleIndexes = (table: string, title: AnyPgColumn): IndexBuilder[] => [
  index(`${table}_beginning`).on(sql`(${beginning(title)})`),
  index(`${table}_wide_pairs`).using('gin', sql`(${widePairs(title)})`),
]

/** The same for a record with several names, any of which may be the one that is looked for. */
export const nameIndexes = (table: string, name: AnyPgColumn, lines: SQL): IndexBuilder[] => [
  index(`${table}_beginning`).on(sql`(${beginning(name)})`),
  index(`${table}_wide_pairs`).using('gin', sql`(${widePairs(lines)})`),
  index(`${table}_names`).using('gin', sql`(${nameList(lines)})`),
  partIndex(`${table}_names_part`, lines),
]
