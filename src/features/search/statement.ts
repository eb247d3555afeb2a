import { type SQL, sql } from 'drizzle-orm'
import { columnOf, literal, unionAll } from '../../database/columns.ts'
import {
  characterWords,
  fold,
  foldedPrefix,
  hasUnspaced,
  nameList,
  separateCharacters,
  webSearch,
  widePairs,
} from '../../database/folding.ts'
import type { Statement } from '../../database/statement.ts'
import { hasNonLatin } from '../../model/characters.ts'
import type { Resource } from '../../model/resource.ts'
import { placeholder, statement } from '../../query/statement.ts'
import { getNameForms, withoutOuterPunctuation } from './inversions.ts'

/** The plan of a search across resources. */
export interface SearchPlan {
  q: string
  /** The resources to search, in the order of their declarations. */
  resources: Resource[]
  /** Maximum number of hits in the response. */
  limit: number
  /** The time as of which the registry is read; undefined for the current registry. Links have the same time. */
  asOf: string | undefined
}

/**
 * Maximum number of records of a resource that are ranked by the beginning of the title, by words or by similarity. It is more
 * than the greatest limit of a request and does not depend on the limit, so a lower limit only shortens the list.
 */
const maxRanked = 200
const rankedLimit = sql`limit ${literal(maxRanked)}`

/** Minimum word similarity of a name, from 0 to 1. With PostgreSQL's default of 0.6, `pakstan` does not find Pakistan. */
const minSimilarity = literal('0.5')

const q = sql`${placeholder('q')}::text`
const limit = sql`${placeholder('limit')}::int`

// Subqueries, so that PostgreSQL folds and parses the searched text once and not for every row.
const foldedQuery = sql`(select folded_query from term)`
const words = sql`(select words from term)`
const inversionTexts = sql`(select inversions from term)::text[]`
const head = sql`(select head from term)`
const pairs = sql`(select pairs from term)`
/** Pairs of neighbouring characters beyond ASCII, without the single characters that `pairs` also has. */
const fullPairs = sql`(select array(select pair from unnest(pairs) as pair where length(pair) = 2) from term)::text[]`

/** Returns the SQL of the names to search: the title, or the lines of all names. */
const searchedNames = ({ search: { title, nameLines } }: Resource): SQL => nameLines ?? sql`${title}`

/**
 * Returns the query for hits of one resource: `resource_index` (the index of the resource in `SearchPlan.resources`), `key` and
 * `score`.
 * @param end the order and the limit.
 */
const hitsQuery = (index: number, { table, key }: Resource, score: SQL, condition: SQL, end: SQL): SQL =>
  sql`(select ${literal(index)} as resource_index, ${key.column}::text as key, ${score} as score from ${table} where ${condition} ${end})`

/** Returns the SQL of the length of the searched text divided by the length of a name, at most 1, a component of scores. */
const lengthRatio = (name: SQL) =>
  sql`length(${foldedQuery})::float8 / greatest(length(${name}), length(${foldedQuery}), 1)`

/**
 * Scores of records whose name is the searched text in another word order or with another article (`Republic of Korea`), and of
 * records whose name is this text without its form of government (`Korea`).
 */
const formScores = { inversion: 0.98, head: 0.97 } as const

/** Returns the condition that a name of a record equals one of some folded texts, in a form for which there is an index. */
function hasName({ search: { title, nameLines } }: Resource, texts: SQL): SQL {
  if (nameLines) return sql`${nameList(nameLines)} && ${texts}`
  const prefixes = sql`array(select left(name, 200) collate "C" from unnest(${texts}) as name)`
  return sql`${foldedPrefix(title)} = any(${prefixes}) and ${fold(title)} = any(${texts})`
}

/**
 * Returns queries for records with an equal title, alias or code (score 1), the text in another word order as their name (0.98),
 * the text without its form of government as their name (0.97), or a title that begins with the text (0.75 to 0.95).
 */
function nameHits(index: number, resource: Resource): SQL[] {
  const { title, nameLines, codes } = resource.search
  const start = foldedPrefix(title)
  const prefix = sql`left(${foldedQuery}, 200) collate "C"`
  const score = sql`case when ${fold(title)} = ${foldedQuery} then 1 else 0.75 + 0.2 * ${lengthRatio(fold(title))} end`
  const sameBeginning = sql`${start} >= ${prefix} and ${start} < ${prefix} || U&'\\+10FFFF'`
  const found = [hitsQuery(index, resource, score, sameBeginning, sql`order by ${start} ${rankedLimit}`)]
  const equal = sql`1::float8`
  if (nameLines) {
    found.push(
      hitsQuery(index, resource, equal, sql`${nameList(nameLines)} @> array[${foldedQuery}]`, rankedLimit),
    )
  }
  for (const [score, texts] of [
    [formScores.inversion, inversionTexts],
    [formScores.head, sql`array[${head}]`],
  ] as const) {
    const scored = sql.raw(`${score}::float8`)
    found.push(hitsQuery(index, resource, scored, hasName(resource, texts), rankedLimit))
  }
  const { key } = resource
  for (const column of [...(key.assignedBy === 'client' ? [key.column] : []), ...codes]) {
    const spellings = sql`array[btrim(${q}), upper(btrim(${q})), lower(btrim(${q}))]`
    found.push(hitsQuery(index, resource, equal, sql`${column} = any(${spellings})`, rankedLimit))
  }
  return found
}

/**
 * Returns the queries for records with the words in their names or prose (0.5 to 0.75), by English stemming.
 * @param isNonLatin whether the text may have characters of scripts without spaces. Each of them is a word.
 */
function wordHits(index: number, resource: Resource, isNonLatin: boolean, isNeeded: SQL): SQL[] {
  const search = columnOf(resource.table, 'search')
  const { texts } = resource.search
  const find = (vector: SQL, condition: SQL) => {
    const score = sql`0.5 + 0.25 * ts_rank('{0.05, 0.1, 0.3, 1}', ${vector}, ${words}, 33)`
    return hitsQuery(index, resource, score, sql`${condition} and ${isNeeded}`, rankedLimit)
  }
  const byWord = sql`${search} @@ ${words}`
  if (!isNonLatin) return [find(sql`${search}`, byWord)]
  const characters = characterWords(texts)
  return [
    find(sql`${search}`, sql`${byWord} and not ${hasUnspaced(texts)}`),
    find(characters, sql`${hasUnspaced(texts)} and ${characters} @@ ${words}`),
  ]
}

/** Returns the query for records whose names contain the text, for scripts without spaces, such as Chinese. */
function substringHits(index: number, resource: Resource, isNeeded: SQL): SQL {
  const names = searchedNames(resource)
  return hitsQuery(
    index,
    resource,
    sql`0.5 + 0.25 * ${lengthRatio(fold(names))}`,
    sql`${widePairs(names)} @> ${pairs} and strpos(${fold(names)}, ${foldedQuery}) > 0 and ${isNeeded}`,
    rankedLimit,
  )
}

/** Maximum number of rows that are read because they have a pair of characters of the searched text. */
const maxPairedRows = 2000

/** Returns the SQL of the names of a record, one in each row. */
const nameRows = (resource: Resource): SQL =>
  sql`string_to_table(${fold(searchedNames(resource))}, U&'\\000A')`

/**
 * Returns the query for records whose names occur in the text, for scripts without spaces, such as Chinese, which PostgreSQL
 * does not split into words: those with a name that the text contains (0.4 to 0.5), and those whose names have at least half
 * of the text's pairs of characters (up to 0.4).
 */
function containedNameHits(index: number, resource: Resource, isNeeded: SQL): SQL {
  const { table, key } = resource
  const names = searchedNames(resource)
  const containedLength = sql`(select max(length(name)) from ${nameRows(resource)} as name where length(name) > 1 and strpos(${foldedQuery}, name) > 0)`
  const shared = sql`(select count(*) from unnest(${fullPairs}) as pair where strpos(${fold(names)}, pair) > 0)`
  return sql`(select ${literal(index)} as resource_index, key, score from (
      select key, case when contained_length > 0 then 0.4 + 0.1 * contained_length::float8 / length(${foldedQuery}) else 0.4 * shared::float8 / cardinality(${fullPairs}) end as score
      from (select ${key.column}::text as key, ${containedLength} as contained_length, ${shared} as shared from ${table}
        where ${widePairs(names)} && ${fullPairs} and ${isNeeded} limit ${literal(maxPairedRows)}) as found
      where contained_length > 0 or 2 * shared >= cardinality(${fullPairs})
    ) as scored order by score desc ${rankedLimit})`
}

/** Returns the query for records with a name similar to the text (up to 0.5), for mistyped texts. */
function similarHits(index: number, resource: Resource, isNeeded: SQL): SQL {
  const names = fold(searchedNames(resource))
  return hitsQuery(
    index,
    resource,
    sql`0.4 * word_similarity(${foldedQuery}, ${names}) + 0.1 * similarity(${foldedQuery}, ${fold(resource.search.title)})`,
    sql`${foldedQuery} <% ${names} and ${isNeeded}`,
    rankedLimit,
  )
}

/** Returns the SQL of the JSON of a hit of one resource; null for hits of others. */
function hitJson(index: number, resource: Resource): SQL {
  const { table, key, name } = resource
  const { title, nameLines, prose } = resource.search
  const heading = sql`coalesce(${sql.join([title, ...prose], sql`, `)}, '')`
  const quotable = prose.length > 0 ? sql`concat_ws(' … ', ${sql.join(prose, sql`, `)})` : sql`null::text`
  // The name most similar to the searched text, and of equally similar names the first; null if it is the title.
  const alias = nameLines
    ? sql`(select case when nth > 1 then line end from string_to_table(${nameLines}, U&'\\000A') with ordinality as numbered(line, nth)
        order by ${fold(sql`line`)} = ${foldedQuery} desc, ${fold(sql`line`)} = any(${inversionTexts}) desc, starts_with(${fold(sql`line`)}, ${foldedQuery}) desc,
          strpos(${fold(sql`line`)}, ${foldedQuery}) > 0 desc, strpos(${foldedQuery}, ${fold(sql`line`)}) > 0 desc, word_similarity(${foldedQuery}, ${fold(sql`line`)}) desc, nth limit 1)`
    : sql`null::text`
  // A name that the searched text contains is marked as a whole.
  const foldedName = fold(sql`coalesce(shown.matched, shown.title)`)
  const marked = sql`case when strpos(${foldedQuery}, ${foldedName}) > 0 then ${foldedName} else ${foldedQuery} end`
  // The keys of other resources may have other types, so only keys of this resource reach the cast.
  const hitKey = sql`(case when hits.resource_index = ${literal(index)} then hits.key end)::${sql.raw(key.column.getSQLType())}`
  return sql`(select row_to_json(hit) from (
    select ${literal(name)}::text as resource, hits.key as key, shown.title, shown.matched,
      search_snippet(coalesce(shown.matched, shown.title), shown.prose, ${words}, ${marked}) as snippet,
      round(hits.score::numeric, 4)::float8 as score, ${literal(`/v1/${name}/`)} || hits.key || ${placeholder('linkQuery')}::text as link
    from (select ${heading} as title, ${alias} as matched, ${quotable} as prose from ${table} where ${key.column} = ${hitKey}) as shown
  ) as hit)`
}

/**
 * Returns the statement of a search across resources: rows of `document`, the JSON of a hit as text, best first; one more
 * than the limit if there are more. Words are only searched if there are too few hits by name, and similar names only if
 * there are too few hits by name and words.
 */
export function searchStatement({ q: text, resources, limit: maxHits, asOf }: SearchPlan): Statement {
  // Only the database knows whether a text has characters beyond ASCII after its accents are removed. The service guesses. If
  // it wrongly guesses that the text has some, there are no pairs to search for.
  const isNonLatin = hasNonLatin(text)
  const shape = `across|${resources.map(({ name }) => name).join()}|${isNonLatin ? 'non-Latin' : 'plain'}`
  const build = () => {
    const unionOfResources = (make: (index: number, resource: Resource) => SQL | SQL[]) =>
      unionAll(resources.flatMap((resource, index) => make(index, resource)))
    const fewNamed = sql`(select count(distinct (resource_index, key)) from name_hits) <= ${limit}`
    const fewFound = sql`(select count(distinct (resource_index, key)) from (select resource_index, key from name_hits union all select resource_index, key from word_hits) as found) <= ${limit}`
    // A text may have no trigrams, such as Chinese in the locale C. Then a search by similarity would read every record. The condition
    // refers to `threshold`, so that `set_config` runs before names are compared.
    const hasTrigrams = sql`(select cardinality(show_trgm(folded_query)) > 0 and threshold = ${minSimilarity} from term)`
    const hasPairs = sql`(select cardinality(pairs) > 0 from term)`
    const hasFullPairs = sql`(select cardinality(${fullPairs}) > 0)`
    // A text of accents alone is empty without them, and would equal the missing title of a citation, so it is null.
    return sql`with term as materialized (
        select folded.folded_query, folded.inversions, folded.head, prefix_tsquery(${separateCharacters(webSearch(q))}) as words, wide_pairs(folded.folded_query) as pairs,
          set_config('pg_trgm.word_similarity_threshold', ${minSimilarity}, true) as threshold
        from (select nullif(${fold(sql`btrim(${q})`)}, '') as folded_query, nullif(${fold(sql`${placeholder('head')}::text`)}, '') as head,
          array_remove(array(select ${fold(sql`form`)} from unnest(${placeholder('inversions')}::text[]) as form), '') as inversions) as folded
      ), name_hits as materialized (${unionOfResources(nameHits)}),
      word_hits as materialized (
        ${unionOfResources((index, resource) => [
          ...wordHits(index, resource, isNonLatin, fewNamed),
          ...(isNonLatin ? [substringHits(index, resource, sql`${fewNamed} and ${hasPairs}`)] : []),
        ])}
      ), similar_hits as materialized (
        ${unionOfResources((index, resource) => [
          similarHits(index, resource, sql`${fewFound} and ${hasTrigrams}`),
          ...(isNonLatin ? [containedNameHits(index, resource, sql`${fewFound} and ${hasFullPairs}`)] : []),
        ])}
      ),
      hits as materialized (
        select resource_index, key, max(score) as score
        from (select * from name_hits union all select * from word_hits union all select * from similar_hits) as found
        group by resource_index, key order by score desc, resource_index, key collate "C" limit ${limit} + 1
      )
      select (case resource_index ${sql.join(
        resources.map((resource, index) => sql`when ${literal(index)} then ${hitJson(index, resource)}`),
        sql` `,
      )} end)::text as document
      from hits order by score desc, resource_index, key collate "C"`
  }
  const linkQuery = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`
  const forms = [text, withoutOuterPunctuation(text)].map(getNameForms)
  const inversions = forms.flatMap((form) => form.inversions)
  const textHead = forms.find(({ head }) => head !== undefined)?.head ?? null
  return statement(shape, build, { q: text, inversions, head: textHead, limit: maxHits, linkQuery })
}
