import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { columnIn, columnOf, literal, snakeCase, textLines } from '../database/columns.ts'
import { nameLines } from '../database/folding.ts'
import type { Fields, TextWeight } from './field.ts'
import { defaultLanguage, type Language } from './languages.ts'
import type { ResourceDeclaration } from './resource.ts'

/**
 * SQL of all names of a record that are searched as names, one per line; undefined for a resource without `hasAliases`, where
 * the title is the only name.
 */
export function recordNameLines(
  columns: Record<string, PgColumn>,
  search: ResourceDeclaration['search'],
): SQL | undefined {
  if (!search.hasAliases) return undefined
  const otherName = search.otherName === undefined ? sql`null` : columnIn(columns, search.otherName)
  return nameLines(columnIn(columns, search.title), otherName, columnIn(columns, 'aliases'))
}

/** Returns the property with the names in other languages; undefined if the only name of a record is its title. */
const findTranslationsProperty = ({
  translations,
  hasAliases,
}: ResourceDeclaration['search']): string | undefined => translations ?? (hasAliases ? 'aliases' : undefined)

/**
 * SQL of the name of a record in a language: the first alias in this language. In the default language, and without such an
 * alias, it is the title.
 * @param row SQL name of the resource's table in the statement: the name of the table, or the name that `from` gives it.
 */
export function nameIn(
  table: PgTable,
  search: ResourceDeclaration['search'],
  row: SQL,
  language: Language,
): SQL {
  const mainName = sql`${row}.${sql.identifier(columnOf(table, search.title).name)}`
  const translations = findTranslationsProperty(search)
  if (language === defaultLanguage || translations === undefined) return mainName
  const aliases = sql`${row}.${sql.identifier(columnOf(table, translations).name)}`
  const first = literal(`$[*] ? (@.language like_regex "^${language}(-|$)" flag "i").name`)
  return sql`coalesce(jsonb_path_query_first(${aliases}, ${first}) #>> '{}', ${mainName})`
}

const aliasesSchema = z.array(z.object({ name: z.string(), language: z.string().nullable() })).catch([])

/** Returns the name of a record in a language, as `nameIn` does, from its document. */
export function nameInDocument(
  document: Record<string, unknown>,
  search: ResourceDeclaration['search'],
  language: Language,
): unknown {
  const translations = findTranslationsProperty(search)
  if (language === defaultLanguage || translations === undefined) return document[search.title]
  const isIn = new RegExp(`^${language}(-|$)`, 'i')
  const aliases = aliasesSchema.parse(document[translations])
  return aliases.find((alias) => isIn.test(alias.language ?? ''))?.name ?? document[search.title]
}

/**
 * Returns the SQL of the texts of a record that full-text searches read, by their weight.
 * @param table the table in queries; the definition of a table needs none.
 */
export function searchedTexts(fields: Fields, table?: string): Record<TextWeight, string[]> {
  const row = table === undefined ? '' : `"${table}".`
  const texts = Object.entries(fields).map(
    ([property, field]) => field.searchText?.(`${row}${snakeCase(property)}`) ?? {},
  )
  const weighted = (weight: TextWeight) => texts.flatMap((text) => text[weight] ?? [])
  return { A: weighted('A'), B: weighted('B') }
}

/** Returns the SQL of the texts that full-text searches read (`searchedTexts`), as lines of one text. */
export function searchedLines(fields: Fields, table?: string): SQL {
  const { A, B } = searchedTexts(fields, table)
  return textLines([...A, ...B])
}
