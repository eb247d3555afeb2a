import { type SQL, sql } from 'drizzle-orm'
import { columnOf, literal } from '../../database/columns.ts'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { fold, foldedPrefix, nameList } from '../../database/folding.ts'
import type { Resource } from '../../model/resource.ts'
import { startSlices } from '../../time-slice.ts'
import { getNameForms } from '../search/inversions.ts'
import type { NamedRecord, NameEntry } from './entries.ts'
import { foldName } from './fold.ts'
import { withoutFootnoteMarks, withoutQuestionMark } from './marks.ts'
import { NameIndex } from './name-index.ts'
import type { NameQuery } from './types.ts'

/**
 * Indexes of the names of records, for resources that may have millions of records. An index contains only the records whose
 * names may match a batch of queries; PostgreSQL finds these.
 */

interface Row {
  key: string
  /** All names, the title first; empty for a record without a title. */
  names: string[]
  /** Country of an organization; null if it has none, and for records of other resources. */
  country: string | null
  /** Kind of an organization; null for records of other resources. */
  kind: string | null
}

const governmentKinds = new Set(['government', 'local_government', 'other_public_sector'])

/**
 * Maximum number of records that one lookup of a text returns. A name of so many records is ambiguous, except within a country. So
 * the lookup first returns up to `minPerCountry` organizations of each queried country, for which it raises the limit, and then up to
 * `minPerCountry` without a country.
 */
const maxPerName = 20

/** Number of organizations of a country that make a name ambiguous within the country. */
const minPerCountry = 2

/** Maximum number of texts that are looked up one by one in the index of names. */
const maxLookups = 200

/** Maximum number of names for which one call searches for similar names, since each search takes milliseconds. */
const maxSimilar = 25

/** Minimum word similarity of a name and a stored name, as `<%` compares them: the default of pg_trgm. */
const minWordSimilarity = literal('0.6')

/** Returns the SQL of the columns of `Row`. */
function nameColumns(resource: Resource): SQL {
  const { table, key, search } = resource
  const names = search.nameLines
    ? sql`string_to_array(${search.nameLines}, U&'\\000A')`
    : sql`array_remove(array[${search.title}], null)`
  const isOrganization = resource.name === 'organizations'
  const column = (property: string) => (isOrganization ? columnOf(table, property) : sql`null::text`)
  return sql`${key.column}::text as key, ${names} as names, ${column('country')} as country, ${column('kind')} as kind`
}

/**
 * Returns the texts to look up for a name, with and without footnote and question marks: as it is, in other orders, without
 * punctuation, and with `and` for `&`.
 */
const listTexts = (name: string): string[] => {
  const whole = name.trim().replaceAll(/\s+/g, ' ')
  const unmarked = withoutFootnoteMarks(whole)
  const texts = new Set([whole, unmarked, withoutQuestionMark(unmarked)])
  const forms = [...texts].flatMap((text) => [
    text,
    ...getNameForms(text).inversions,
    foldName(text),
    text.replaceAll('&', 'and'),
    text.replace(/\.$/, ''),
  ])
  return [...new Set(forms)].filter((form) => form !== '')
}

/** Returns the SQL of a folded text without punctuation. */
const withoutPunctuation = (text: SQL): SQL => sql`btrim(regexp_replace(${text}, '[^[:alnum:]]+', ' ', 'g'))`

/**
 * Finds the records with any of the given names.
 * @param texts the texts to look up for `nameCount` names.
 * @param countries the countries of the queries.
 */
async function findNamed(
  tx: Transaction,
  resource: Resource,
  texts: readonly string[],
  nameCount: number,
  countries: readonly string[],
): Promise<Row[]> {
  const { table, search } = resource
  // A text of accents only is empty when it is folded, and so is a missing title: they would be equal.
  const folded = fold(sql`given`)
  const wanted = sql`(select distinct ${folded} as text from unnest(${sql.param(texts)}::text[]) as given where ${folded} <> '') as wanted`
  // `findSimilar` finds other spellings of at most `maxSimilar` names. If there are more, all stored names of organizations are
  // compared without punctuation.
  const isLoose = resource.name === 'organizations' && nameCount > maxSimilar
  // Many index lookups take longer than one scan of all names, above all when many names were added recently.
  if (search.nameLines && (isLoose || texts.length > maxLookups)) {
    const form = isLoose ? withoutPunctuation : (text: SQL) => text
    return tx.query<Row>(
      compileSql(sql`select distinct on (key) found.* from (
          select ${nameColumns(resource)} from ${table} cross join lateral unnest(${nameList(search.nameLines)}) as stored(text)
          join (select distinct ${form(sql`text`)} as text from ${wanted}) as wanted on wanted.text = ${form(sql`stored.text`)}
        ) as found order by key`),
    )
  }
  const condition = search.nameLines
    ? sql`${nameList(search.nameLines)} @> array[wanted.text]`
    : sql`${foldedPrefix(search.title)} = left(wanted.text, 200) collate "C" and ${fold(search.title)} = wanted.text`
  const limit = literal(maxPerName + minPerCountry * countries.length)
  const named = sql`select ${nameColumns(resource)} from ${table} where ${condition}`
  const found =
    resource.name === 'organizations' && countries.length > 0
      ? sql`select key, names, country, kind from (select *, row_number() over (partition by country order by key) as nth from (${named}) as named) as numbered
          cross join lateral (select coalesce(country = any(${sql.param(countries)}::text[]), false) as is_queried) as queried
          order by (is_queried or country is null) and nth <= ${literal(minPerCountry)} desc, is_queried desc, country is null desc, key`
      : named
  return tx.query<Row>(
    compileSql(sql`select distinct on (found.key) found.* from ${wanted}
      cross join lateral (${found} limit ${limit}) as found order by found.key`),
  )
}

/** Finds up to five records with the most similar names. If more than 200 have a similar name, it compares only 200 of them. */
async function findSimilar(tx: Transaction, resource: Resource, name: string): Promise<Row[]> {
  const { table, search } = resource
  const folded = fold(search.nameLines ?? search.title)
  const wanted = fold(sql`${sql.param(name.slice(0, 200))}::text`)
  // `set_config` overrides settings of the role and the database. The comparison refers to `threshold`, so it runs after `set_config`.
  return tx.query<Row>(
    compileSql(sql`select key, names, country, kind
      from (select set_config('pg_trgm.word_similarity_threshold', ${minWordSimilarity}, true) as threshold) as settings
      cross join lateral (
        select ${nameColumns(resource)}, similarity(${wanted}, ${folded}) as score from ${table}
        where settings.threshold = ${minWordSimilarity} and ${wanted} <% ${folded} limit 200
      ) as found order by score desc, key limit 5`),
  )
}

/** Reads the names that may match queries by name for one resource, and builds an index of these names. */
export async function storedNamesIndex(
  tx: Transaction,
  resource: Resource,
  queries: readonly NameQuery[],
): Promise<NameIndex> {
  const records = new Map<string, NamedRecord>()
  const entries: NameEntry[] = []
  const addRow = (row: Row): void => {
    if (records.has(row.key)) return
    const record = toRecord(row)
    records.set(row.key, record)
    for (const [index, text] of row.names.entries())
      entries.push({ record, text, reason: index === 0 ? 'exact' : 'alias', rank: 0 })
  }
  const names = [...new Set(queries.map(({ name }) => name))]
  const pause = startSlices()
  const texts = new Set<string>()
  for (const name of names) {
    for (const text of listTexts(name)) texts.add(text)
    await pause()
  }
  const countries = [...new Set(queries.flatMap(({ country }) => country ?? []))]
  if (texts.size > 0)
    for (const row of await findNamed(tx, resource, [...texts], names.length, countries)) addRow(row)
  const index = await NameIndex.build(records.values(), entries)
  const missing: string[] = []
  for (const name of names) {
    if (missing.length === maxSimilar) break
    if (!index.find(name, () => true)) missing.push(name)
    await pause()
  }
  if (missing.length === 0) return index
  for (const name of missing) for (const row of await findSimilar(tx, resource, name)) addRow(row)
  return NameIndex.build(records.values(), entries)
}

const toRecord = ({ key, names, country, kind }: Row): NamedRecord => ({
  key,
  name: names[0] ?? key,
  country,
  isGovernment: kind !== null && governmentKinds.has(kind),
})
