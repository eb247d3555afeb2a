import { type SQL, sql } from 'drizzle-orm'
import { columnOf, unionAll } from '../../database/columns.ts'
import { fold, foldedPrefix, nameList, webSearch, widePairs } from '../../database/folding.ts'
import type { Statement } from '../../database/statement.ts'
import type { Resource } from '../../model/resource.ts'
import { statement } from '../../query/statement.ts'
import { getNameForms } from './inversions.ts'

/** The plan of a search across resources. */
export interface SearchPlan {
  q: string
  /** The resources to search, in the order of their definitions. */
  resources: Resource[]
  /** Maximum number of hits in the response. */
  limit: number
  /** The time that the registry is read as of; undefined for now. Links have the same time. */
  asOf: string | undefined
}

/** Maximum number of records of a resource that are ranked by words or by similarity. */
const maxRanked = 200

/** Minimum word similarity of a name, from 0 to 1. The default of 0.6 misses one missing letter in seven. */
const minSimilarity = sql.raw("'0.5'")

const q = sql`${sql.placeholder('q')}::text`
const limit = sql`${sql.placeholder('limit')}::int`

// Subqueries, so that PostgreSQL folds and parses the query once and not for every row.
const part = sql`(select part from term)`
const words = sql`(select words from term)`
const inversionTexts = sql`(select turned from term)::text[]`
const head = sql`(select head from term)`
const pairs = sql`(select pairs from term)`
/** Pairs of ideographs, without single ideographs. */
const twos = sql`(select array(select pair from unnest(pairs) as pair where length(pair) = 2) from term)::text[]`

/** Returns the SQL of the names to search: the title, or the lines of all names. */
const searchedNames = ({ search: { title, nameLines } }: Resource): SQL => nameLines ?? sql`${title}`

/** Returns the query for hits of one resource: `place` (the index of the resource), `key` and `score`. */
const hits = (index: number, { table, key }: Resource, score: SQL, condition: SQL, end: SQL): SQL =>
  sql`(select ${sql.raw(String(index))} as place, ${key.column}::text as key, ${score} as score from ${table} where ${condition} ${end})`

/** Returns a component of a score: the length of the query divided by that of the name. */
const share = (whole: SQL) => sql`length(${part})::float8 / greatest(length(${whole}), length(${part}), 1)`

/** Scores of records whose name is an inversion of the query, and of records whose name is its head. */
const formScores = { inversion: 0.98, head: 0.97 } as const

/** Returns the condition that a name of a record equals one of some folded texts, in a form for which there is an index. */
function hasName({ search: { title, nameLines } }: Resource, texts: SQL): SQL {
  if (nameLines) return sql`${nameList(nameLines)} && ${texts}`
  const prefixes = sql`array(select left(name, 200) collate "C" from unnest(${texts}) as name)`
  return sql`${foldedPrefix(title)} = any(${prefixes}) and ${fold(title)} = any(${texts})`
}

/**
 * Returns queries for records with an equal title, alias or code (score 1), an inversion as their name (0.98), the head of
 * the query as their name (0.97), or a title that begins with the query (0.75 to 0.95).
 */
function named(index: number, resource: Resource): SQL[] {
  const { title, nameLines } = resource.search
  const start = foldedPrefix(title)
  const prefix = sql`left(${part}, 200) collate "C"`
  const score = sql`case when ${fold(title)} = ${part} then 1 else 0.75 + 0.2 * ${share(fold(title))} end`
  const sameBeginning = sql`${start} >= ${prefix} and ${start} < ${prefix} || U&'\\+10FFFF'`
  const found = [hits(index, resource, score, sameBeginning, sql`order by ${start} limit ${limit} + 1`)]
  const equal = sql`1::float8`
  if (nameLines) {
    found.push(
      hits(index, resource, equal, sql`${nameList(nameLines)} @> array[${part}]`, sql`limit ${limit} + 1`),
    )
  }
  for (const [score, texts] of [
    [formScores.inversion, inversionTexts],
    [formScores.head, sql`array[${head}]`],
  ] as const) {
    const scored = sql.raw(`${score}::float8`)
    found.push(hits(index, resource, scored, hasName(resource, texts), sql`limit ${limit} + 1`))
  }
  if (resource.key.madeBy === 'client') {
    const spellings = sql`array[btrim(${q}), upper(btrim(${q})), lower(btrim(${q}))]`
    found.push(hits(index, resource, equal, sql`${resource.key.column} = any(${spellings})`, sql``))
  }
  return found
}

const onlyIf = (condition: SQL, end: SQL) => sql`and ${condition} ${end}`

/** Returns the query for records with the words in their names or prose (0.5 to 0.75), by English stemming. */
function worded(index: number, resource: Resource, needed: SQL): SQL {
  const search = columnOf(resource.table, 'search')
  const score = sql`0.5 + 0.25 * ts_rank('{0.05, 0.1, 0.3, 1}', ${search}, ${words}, 33)`
  return hits(
    index,
    resource,
    score,
    sql`${search} @@ ${words}`,
    onlyIf(needed, sql`limit ${sql.raw(String(maxRanked))}`),
  )
}

/** Returns the query for records whose names contain the text, for scripts without spaces, such as Chinese. */
function containing(index: number, resource: Resource, needed: SQL): SQL {
  const names = searchedNames(resource)
  return hits(
    index,
    resource,
    sql`0.5 + 0.25 * ${share(fold(names))}`,
    sql`${widePairs(names)} @> ${pairs} and strpos(${fold(names)}, ${part}) > 0`,
    onlyIf(needed, sql`limit ${sql.raw(String(maxRanked))}`),
  )
}

/** Maximum number of rows that are read because they have a pair of ideographs of the query. */
const maxPairedRows = 2000

/** Returns the SQL of the names of a record, one in each row. */
const eachName = ({ search: { title, nameLines } }: Resource): SQL =>
  sql`string_to_table(${fold(nameLines ?? sql`${title}`)}, U&'\\000A')`

/**
 * Returns the query for records that a text without spaces, such as Chinese, mentions: those with a name that the text
 * contains (0.4 to 0.5), and those whose names have at least half of its pairs of ideographs (up to 0.4). PostgreSQL does
 * not split such a text into words.
 */
function mentionedIn(index: number, resource: Resource, needed: SQL): SQL {
  const { table, key } = resource
  const names = searchedNames(resource)
  const whole = sql`(select max(length(name)) from ${eachName(resource)} as name where length(name) > 1 and strpos(${part}, name) > 0)`
  const shared = sql`(select count(*) from unnest(${twos}) as two where strpos(${fold(names)}, two) > 0)`
  return sql`(select ${sql.raw(String(index))} as place, key, score from (
      select key, case when whole > 0 then 0.4 + 0.1 * whole::float8 / length(${part}) else 0.4 * shared::float8 / cardinality(${twos}) end as score
      from (select ${key.column}::text as key, ${whole} as whole, ${shared} as shared from ${table}
        where ${widePairs(names)} && ${twos} and ${needed} limit ${sql.raw(String(maxPairedRows))}) as found
      where whole > 0 or 2 * shared >= cardinality(${twos})
    ) as scored order by score desc limit ${sql.raw(String(maxRanked))})`
}

/** Returns the query for records with a name similar to the text (below 0.5), for mistyped texts. */
function alike(index: number, resource: Resource, needed: SQL): SQL {
  const names = fold(searchedNames(resource))
  return hits(
    index,
    resource,
    sql`0.4 * word_similarity(${part}, ${names}) + 0.1 * similarity(${part}, ${fold(resource.search.title)})`,
    sql`${part} <% ${names}`,
    onlyIf(needed, sql`limit ${sql.raw(String(maxRanked))}`),
  )
}

/** Returns the SQL of the JSON of a hit of one resource; null for hits of others. */
function hitJson(index: number, resource: Resource): SQL {
  const { table, key, name } = resource
  const { title, nameLines, prose } = resource.search
  const heading = sql`coalesce(${sql.join([title, ...prose], sql`, `)}, '')`
  const quotable = prose.length > 0 ? sql`concat_ws(' … ', ${sql.join(prose, sql`, `)})` : sql`null::text`
  // The name most similar to the query; the first one if several are equally similar.
  const alias = nameLines
    ? sql`(select case when nth > 1 then line end from string_to_table(${nameLines}, U&'\\000A') with ordinality as named(line, nth)
        order by ${fold(sql`line`)} = ${part} desc, ${fold(sql`line`)} = any(${inversionTexts}) desc, starts_with(${fold(sql`line`)}, ${part}) desc,
          strpos(${fold(sql`line`)}, ${part}) > 0 desc, strpos(${part}, ${fold(sql`line`)}) > 0 desc, word_similarity(${part}, ${fold(sql`line`)}) desc, nth limit 1)`
    : sql`null::text`
  // A name that the query contains is marked as a whole.
  const whole = fold(sql`coalesce(shown.matched, shown.title)`)
  const marked = sql`case when strpos(${part}, ${whole}) > 0 then ${whole} else ${part} end`
  // The keys of other resources have other types, so only those of this one reach the cast.
  const hitKey = sql`(case when hits.place = ${sql.raw(String(index))} then hits.key end)::${sql.raw(key.column.getSQLType())}`
  return sql`(select row_to_json(hit) from (
    select ${sql.raw(`'${name}'`)}::text as resource, hits.key as key, shown.title, shown.matched,
      search_snippet(coalesce(shown.matched, shown.title), shown.prose, ${words}, ${marked}) as snippet,
      round(hits.score::numeric, 4)::float8 as score, ${sql.raw(`'/v1/${name}/'`)} || hits.key || ${sql.placeholder('linkQuery')}::text as link
    from (select ${heading} as title, ${alias} as matched, ${quotable} as prose from ${table} where ${key.column} = ${hitKey}) as shown
  ) as hit)`
}

/**
 * Returns the statement of a search across resources: rows of `document`, the JSON of a hit as text, best first; one more
 * than the limit if there are more. Words are only searched if there are too few hits by name, and similar names only if
 * there are too few hits by words.
 */
export function searchStatement({ q: text, resources, limit: maxHits, asOf }: SearchPlan): Statement {
  // Only the database knows whether a text has characters beyond ASCII after its accents are removed. The service guesses;
  // if it guesses wrong, there are no pairs to search for.
  const wide = /[\u0250-\u1dff\u1f00-\u{10ffff}]/u.test(text)
  const shape = `across|${resources.map(({ name }) => name).join()}|${wide ? 'wide' : 'plain'}`
  const build = () => {
    const each = (make: (index: number, resource: Resource) => SQL | SQL[]) =>
      unionAll(resources.flatMap((resource, index) => make(index, resource)))
    const fewNamed = sql`(select count(distinct (place, key)) from named) <= ${limit}`
    const fewFound = sql`(select count(distinct (place, key)) from (select place, key from named union all select place, key from worded) as found) <= ${limit}`
    // A text may have no trigrams, such as Chinese in the locale C. Then a search by similarity would read every record.
    const hasTrigrams = sql`(select cardinality(show_trgm(part)) > 0 and threshold = ${minSimilarity} from term)`
    const hasPairs = sql`(select cardinality(pairs) > 0 from term)`
    const hasTwos = sql`${fewFound} and (select cardinality(${twos}) > 0)`
    return sql`with term as materialized (
        select folded.part, folded.turned, folded.head, prefix_tsquery(${webSearch(q)}) as words, wide_pairs(folded.part) as pairs,
          set_config('pg_trgm.word_similarity_threshold', ${minSimilarity}, true) as threshold
        from (select ${fold(sql`btrim(${q})`)} as part, nullif(${fold(sql`${sql.placeholder('head')}::text`)}, '') as head,
          array(select ${fold(sql`form`)} from unnest(${sql.placeholder('inversions')}::text[]) as form) as turned) as folded
      ), named as materialized (${each(named)}),
      worded as materialized (
        ${each((index, resource) => [
          worded(index, resource, fewNamed),
          ...(wide ? [containing(index, resource, sql`${fewNamed} and ${hasPairs}`)] : []),
        ])}
      ), alike as materialized (
        ${each((index, resource) => [
          alike(index, resource, sql`${fewFound} and ${hasTrigrams}`),
          ...(wide ? [mentionedIn(index, resource, hasTwos)] : []),
        ])}
      ),
      hits as materialized (
        select place, key, max(score) as score
        from (select * from named union all select * from worded union all select * from alike) as found
        group by place, key order by score desc, place, key collate "C" limit ${limit} + 1
      )
      select (case place ${sql.join(
        resources.map(
          (resource, index) => sql`when ${sql.raw(String(index))} then ${hitJson(index, resource)}`,
        ),
        sql` `,
      )} end)::text as document
      from hits order by score desc, place, key collate "C"`
  }
  const linkQuery = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`
  const { inversions, head: beginning = null } = getNameForms(text)
  return statement(shape, build, { q: text, inversions, head: beginning, limit: maxHits, linkQuery })
}
