import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, type IndexBuilder, index } from 'drizzle-orm/pg-core'

/**
 * Returns SQL of a text without case and accents. Filters, searches and indexes share this expression, since PostgreSQL uses an
 * index only for an equal expression.
 */
export const fold = (value: SQL | AnyPgColumn): SQL => sql`lower(plain_text(${value}))`

/** Returns SQL of a text with ordinary spaces in place of others, such as the wide space of Chinese keyboards. */
const ordinarySpaces = (value: SQL): SQL =>
  sql`regexp_replace(${value}, '[\\u00a0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]', ' ', 'g')`

/**
 * Returns SQL of a text in web-search syntax, for PostgreSQL functions such as `websearch_to_tsquery`. First replaces minus signs
 * before a space or the end by a space: they are dashes, as between the parts of a title, and no negation. Of `energy - -coal`,
 * `energy -coal` remains, which still excludes `coal`. Then replaces each remaining run of two or more minus signs by a space, also
 * with operators between them. Such a run is a line or a dash, too, and PostgreSQL fails at a run of 33. Other signs between words
 * (`separators()`) become commas, so that PostgreSQL searches for the words on both sides of a sign as a phrase.
 */
export function webSearch(value: SQL): SQL {
  const withoutDashes = sql`regexp_replace(${ordinarySpaces(sql`plain_text(${value})`)}, '-+(?=[[:space:]]|$)', ' ', 'g')`
  const words = sql`regexp_replace(${withoutDashes}, '-([[:space:]!&|()]*-)+', ' ', 'g')`
  return sql`regexp_replace(${words}, separators(), ',', 'g')`
}

/**
 * Returns SQL of a code in lower case and normalized to NFKC, so that full-width letters equal ordinary ones. Accents stay,
 * since they are part of a code.
 */
export const foldCode = (value: SQL | AnyPgColumn): SQL => sql`lower(normalize(${value}, NFKC))`

/** Returns SQL of the first 200 characters of a folded text, in byte order. A B-tree entry has a size limit. */
export const foldedPrefix = (value: SQL | AnyPgColumn): SQL => sql`left(${fold(value)}, 200) collate "C"`

/** Returns SQL of a text's non-ASCII characters, alone and in pairs. Trigrams cannot find words of two ideographs. */
export const widePairs = (value: SQL | AnyPgColumn): SQL => sql`wide_pairs(${fold(value)})`

/** Returns the SQL condition that a text has characters of a script without spaces between words, such as Chinese. */
export const hasUnspaced = (value: SQL): SQL => sql`has_unspaced(${value})`

/** Returns SQL of a text in which each character of a script without spaces is a separate word for PostgreSQL. */
export const separateCharacters = (value: SQL): SQL => sql`separate_characters(${value})`

/** Returns SQL of the words of a text for a full-text search, with separate characters of scripts without spaces. */
export const characterWords = (value: SQL): SQL => sql`character_words(${value})`

/**
 * Returns SQL of all names of a record, one per line: the name, a second name, and the aliases.
 * @param otherName the column of the second name, or SQL `null`.
 */
export const nameLines = (name: AnyPgColumn, otherName: SQL | AnyPgColumn, aliases: AnyPgColumn): SQL =>
  sql`name_lines(${name}, ${otherName}, ${aliases})`

/** Returns SQL that splits lines of names into an array of folded names. */
export const nameList = (lines: SQL | AnyPgColumn): SQL => sql`string_to_array(${fold(lines)}, U&'\\000A')`

/** Returns the trigram index for the operators `contains` and `startsWith`. */
export const trigramIndex = (name: string, value: SQL | AnyPgColumn): IndexBuilder =>
  index(name).using('gin', sql`(${fold(value)}) gin_trgm_ops`)

/** Returns the index of a table's full-text column. */
export const searchIndex = (table: string, search: AnyPgColumn): IndexBuilder =>
  index(`${table}_search`).using('gin', search)

/**
 * Returns the full-text index of the texts that have characters of scripts without spaces. In the index of `searchIndex`, a run
 * of such characters is a single word. Rows without these characters are not in this index, so they cost almost nothing.
 */
export const characterIndex = (table: string, texts: SQL): IndexBuilder =>
  index(`${table}_character_words`)
    .using('gin', sql`(${characterWords(texts)})`)
    .where(hasUnspaced(texts))

/**
 * Returns the indexes for searching titles across resources: by prefix and by ideographs. Searches also use the trigram
 * index of the filters.
 */
export const titleIndexes = (table: string, title: AnyPgColumn): IndexBuilder[] => [
  index(`${table}_beginning`).on(sql`(${foldedPrefix(title)})`),
  index(`${table}_wide_pairs`).using('gin', sql`(${widePairs(title)})`),
]

/** Like `titleIndexes`, for records with several names: searches across resources find them by any of these. */
export const nameIndexes = (table: string, name: AnyPgColumn, lines: SQL): IndexBuilder[] => [
  index(`${table}_beginning`).on(sql`(${foldedPrefix(name)})`),
  index(`${table}_wide_pairs`).using('gin', sql`(${widePairs(lines)})`),
  index(`${table}_names`).using('gin', sql`(${nameList(lines)})`),
  trigramIndex(`${table}_names_part`, lines),
]
