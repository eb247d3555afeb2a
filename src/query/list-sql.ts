import { type SQL, sql } from 'drizzle-orm'
import { commaList, literal } from '../database/columns.ts'
import type { Statement } from '../database/statement.ts'
import { records } from '../database/tables/records.ts'
import { documentJson, hasAllProperties, shapeLiteral } from '../model/document.ts'
import { recordId } from '../model/keys.ts'
import { belongsTo, getInclude, type Resource, toSearchable } from '../model/resource.ts'
import type { SortKey } from '../model/sorts.ts'
import { conditionShape } from './condition.ts'
import { conditionSql, conditionValues } from './condition-sql.ts'
import type { CursorPosition } from './cursor.ts'
import type { ListPlan, Selection, SortTerm } from './list.ts'
import type { Representation } from './representation.ts'
import { maxPageBytesSql, placeholder, statement } from './statement.ts'

/** A sort key, as SQL. */
interface SortExpression {
  expression: SQL
  type: SortKey['type']
  direction: SortTerm['direction']
}

/** Sort keys that are columns of `records` and not of the resource's own table. */
const recordsSortKeys = ['createdAt', 'updatedAt']

const isSortedByRecords = ({ sort }: Selection) => sort.some(({ key }) => recordsSortKeys.includes(key))

function sortExpressions(plan: Selection): SortExpression[] {
  return plan.sort.map(({ key, direction, nulls }) => {
    // In the indexes of `createdAt` and `updatedAt`, `records.id` follows the time.
    if (key === 'id' && isSortedByRecords(plan))
      return { expression: sql`${records.id}`, type: 'uuid', direction }
    const sort = plan.resource.sorts[key]
    if (!sort) throw new Error(`the plan has an unknown sort key of ${plan.resource.name}: ${key}`)
    // `sort.asc` replaces null with a value above all others, `sort.desc` with a value below all others.
    const expression = (direction === 'asc') === (nulls === 'last') ? sort.asc : sort.desc
    return { expression, type: sort.type, direction }
  })
}

/** Converts a sort key to text that does not depend on the session's time zone and date style. */
function positionText(value: SQL, type: SortKey['type']): SQL {
  if (type === 'date') return sql`(to_json(${value}) #>> '{}')`
  if (type === 'timestamptz') return sql`((to_json((${value}) at time zone 'UTC') #>> '{}') || 'Z')`
  return sql`(${value})::text`
}

const positionValue = (index: number, type: SortKey['type']) =>
  sql`${placeholder(`position.${index}`)}::text::${sql.raw(type)}`

/**
 * SQL condition that a record comes after a position. Sort keys are never null. If all keys have the same direction, the
 * condition compares rows. Otherwise, the first key that differs decides, and a bound on the first key lets PostgreSQL use an
 * index.
 */
function afterPosition(keys: SortExpression[]): SQL {
  const comparison = (key: SortExpression | undefined) => sql.raw(key?.direction === 'desc' ? '<' : '>')
  const value = (index: number, key: SortExpression) => positionValue(index, key.type)
  const [first] = keys
  if (keys.every(({ direction }) => direction === first?.direction)) {
    const expressions = commaList(keys.map(({ expression }) => expression))
    const values = commaList(keys.map((key, index) => value(index, key)))
    return sql`(${expressions}) ${comparison(first)} (${values})`
  }
  const decidedBy = keys.map((key, deciding) => {
    const equal = keys
      .slice(0, deciding)
      .map((previous, index) => sql`${previous.expression} = ${value(index, previous)}`)
    return sql`(${sql.join([...equal, sql`${key.expression} ${comparison(key)} ${value(deciding, key)}`], sql` and `)})`
  })
  const bound = keys
    .slice(0, 1)
    .map((key) => sql`${key.expression} ${comparison(key)}= ${value(0, key)} and `)
  return sql`${sql.join(bound)}(${sql.join(decidedBy, sql` or `)})`
}

/** The `where` clause of a selection. `conditionValues` returns the values of its placeholders. */
export const whereClause = ({ resource, where }: Selection): SQL =>
  sql` where (${conditionSql(toSearchable(resource), where)})`

const orderByKeys = (keys: SortExpression[]): SQL =>
  commaList(keys.map(({ expression, direction }) => sql`${expression} ${sql.raw(direction)}`))

/** The terms of a selection's `order by` clause. */
export const orderTerms = (selection: Selection): SQL => orderByKeys(sortExpressions(selection))

const representationShape = ({ fields, include }: Representation) => `${fields.join()}|${include.join()}`

/** The resource's table, each row with its row in `records`. */
export const withRecords = ({ table, id, name }: Resource): SQL =>
  sql`${table} join ${records} on ${records.id} = ${id} and ${belongsTo(records.resource, name)}`

/** The tables from which a page is selected. Sorting by `createdAt` or `updatedAt` also needs `records`. */
const pageSource = (plan: ListPlan): SQL =>
  isSortedByRecords(plan) ? withRecords(plan.resource) : sql`${plan.resource.table}`

/** Whether a representation is the stored document. */
const isStored = (resource: Resource, { fields, include }: Representation) =>
  include.length === 0 && hasAllProperties(resource, fields)

/** SQL that adds the columns `document` and `current` to a page (see `listStatement`). */
interface PageDocuments {
  /** Columns of the subquery that selects the page. */
  columns: SQL
  /** Join to the selected page. */
  join: SQL
}

/**
 * Stored documents are joined to the page; other documents are composed from the rows of the page. Without OFFSET, the planner
 * would join whole tables, since it does not know how small a page is.
 */
function pageDocuments({ resource, representation }: ListPlan, compose: boolean): PageDocuments {
  const { fields, include } = representation
  if (!isStored(resource, representation) || compose)
    return {
      columns: sql`, ${documentJson(resource, fields, include, { limited: true })} as document, true as current`,
      join: sql``,
    }
  return {
    columns: sql``,
    join: sql` cross join lateral (
      select ${records.document} as document, ${records.shape} is not distinct from ${shapeLiteral(resource)} as current
      from ${records} where ${records.id} = page.id and ${belongsTo(records.resource, resource.name)} offset 0) found`,
  }
}

/** The column of a page with the value of a sort key. */
const keyColumn = (index: number): SQL => sql`${sql.identifier(`key ${index}`)}`

/**
 * SQL of the rows of a page, and of one row more, which shows whether another page follows: `id`, the sort keys (`keyColumn`),
 * `document` and `current` (see `listStatement`).
 * @param isFirst whether the page is the first of the list, and not one after a position.
 */
function pageRows(
  plan: ListPlan,
  keys: SortExpression[],
  limit: SQL,
  { isFirst, compose }: { isFirst: boolean; compose: boolean },
): SQL {
  const documents = pageDocuments(plan, compose)
  const selectedKeys = keys.map(({ expression }, index) => sql`${expression} as ${keyColumn(index)}`)
  const where = isFirst ? whereClause(plan) : sql`${whereClause(plan)} and ${afterPosition(keys)}`
  return sql`(select ${plan.resource.id} as id, ${commaList(selectedKeys)}${documents.columns} from ${pageSource(plan)}${where}
      order by ${orderByKeys(keys)} limit ${limit} + 1) page${documents.join}`
}

/**
 * Up to this number of records, a page without includes has no limit in bytes: adding up bytes would take a tenth of the time
 * of such a page.
 */
const maxUnsizedRecords = 25

/** Whether a list selects all records of its resource. */
const isUnfiltered = ({ where }: ListPlan) => where.kind === 'fields' && where.comparisons.length === 0

/**
 * Returns the statement of a page: one row of `records` (the JSON texts of the records, separated by commas; null if there
 * are none), `last` (the sort key values of the last record; null if no page follows), `current` (false if a document was
 * stored in another shape: then the statement with `compose` is needed) and `oversized` (the id of the first record of the page
 * with an include that is too large (`maxIncluded`); null if there is none).
 * @param after the position after which the page starts; undefined for the first page.
 * @param options `compose`: whether to compose the documents although they are stored.
 */
export function listStatement(
  plan: ListPlan,
  after: CursorPosition | undefined,
  { compose = false } = {},
): Statement {
  const order = plan.sort.map(({ key, direction, nulls }) => `${key} ${direction} ${nulls}`).join()
  // PostgreSQL reuses a generic plan only if its estimated cost is no higher than the cost of a plan for the values, so the
  // limit must be in the text: planning takes longer than finding 25 records. With filters, planning for the values saves
  // more time than it takes, since few values are as frequent as the average.
  const fixedLimit = isUnfiltered(plan) ? String(plan.limit) : ''
  const hasIncludes = plan.representation.include.length > 0
  const isSized = plan.limit > maxUnsizedRecords || hasIncludes
  const shape = `list|${plan.resource.name}|${conditionShape(plan.where)}|${order}|${after ? 'after' : 'first'}|${representationShape(plan.representation)}|${compose}|${isSized}|${fixedLimit}`
  const build = () => {
    const keys = sortExpressions(plan)
    const limit = fixedLimit === '' ? sql`${placeholder('limit')}::int` : sql.raw(fixedLimit)
    const page = pageRows(plan, keys, limit, { isFirst: after === undefined, compose })
    const pageKeys = keys.map((key, index) => ({ ...key, expression: keyColumn(index) }))
    const inOrder = orderByKeys(pageKeys)
    // A document is null if an include is too large (`maxIncluded`).
    const bytes = sql`coalesce(octet_length(document), 0)`
    const sized = sql`(select *, sum(${bytes}) over (order by ${inOrder} rows unbounded preceding) - ${bytes} as bytes_before from ${page}) sized`
    const fits = isSized ? sql` filter (where bytes_before < ${maxPageBytesSql})` : sql``
    const shownCount = isSized ? sql`least(${limit}, count(*)${fits})` : limit
    // The rows of the page are in order, so the aggregates need no sort. To number and filter the rows would take longer.
    const inArray = (value: SQL) => sql`(array_agg(${value} order by ${inOrder})${fits})`
    const lastPosition = pageKeys.map(
      ({ expression, type }) =>
        sql`${positionText(sql`${inArray(expression)}[${shownCount}]`, type)} collate "C"`,
    )
    return sql`select array_to_string(${inArray(sql`document`)}[1:${shownCount}], ',') as records,
      coalesce(bool_and(current), true) as current,
      ${hasIncludes ? sql`(${inArray(sql`id`)}[1:${shownCount}])[array_position(${inArray(sql`document`)}, null)]` : sql`null`} as oversized,
      case when count(*) > ${shownCount} then array_to_json(array[${commaList(lastPosition)}]) end as last
      from ${isSized ? sized : page}`
  }
  const positions = Object.fromEntries((after ?? []).map((text, index) => [`position.${index}`, text]))
  return statement(shape, build, { ...conditionValues(plan.where), ...positions, limit: plan.limit })
}

/** Returns a statement about all records of a list. @param name the first part of its cache key. */
const totalStatement = (name: string, plan: ListPlan, select: SQL): Statement =>
  statement(
    `${name}|${plan.resource.name}|${conditionShape(plan.where)}`,
    () => sql`${select} from ${plan.resource.table}${whereClause(plan)}`,
    conditionValues(plan.where),
  )

/** Returns the statement that counts all records of a list, as `total`. */
export const countStatement = (plan: ListPlan): Statement =>
  totalStatement('count', plan, sql`select count(*)::int as total`)

/** Returns the statement for the query plan of a list as JSON, with the planner's estimate of the number of records. */
export const estimateStatement = (plan: ListPlan): Statement =>
  totalStatement('estimate', plan, sql`explain (format json) select`)

/**
 * Returns the statement that reads records by key: `id`, `key`, `version`, `document` as text (null if an include is too large,
 * `maxIncluded`), and `current` (false if the document was stored in another shape: then the statement with `compose` is
 * needed). Keys without a record have no row.
 *
 * The subquery of the ids hides the number of keys from the planner, which otherwise would plan each execution again. Planning
 * takes longer than finding the records.
 */
export function readStatement(
  resource: Resource,
  keys: readonly string[],
  representation: Representation,
  { compose = false } = {},
): Statement {
  const { name, table, id } = resource
  const { fields, include } = representation
  const condition = sql`${records.id} = any((select ${placeholder('ids')}::uuid[])::uuid[]) and ${belongsTo(records.resource, name)} and ${records.mergedInto} is null`
  const build = () =>
    isStored(resource, representation) && !compose
      ? sql`select ${records.id}::text as id, ${records.key} as key, ${records.version} as version, ${records.document} as document,
          ${records.shape} is not distinct from ${shapeLiteral(resource)} as current from ${records} where ${condition}`
      : sql`select ${records.id}::text as id, ${records.key} as key, ${records.version} as version, ${documentJson(resource, fields, include, { limited: true })} as document,
          true as current from ${records} join ${table} on ${id} = ${records.id} where ${condition}`
  return statement(`read|${name}|${representationShape(representation)}|${compose}`, build, {
    ids: keys.map((key) => recordId(resource, key)),
  })
}

/**
 * Returns the statement that tells why a record cannot be sent with includes: a row of `key`, and of `includes`, the names of
 * those that are too large (`maxIncluded`).
 */
export function oversizedStatement(resource: Resource, id: string, include: readonly string[]): Statement {
  const { name, id: idColumn, key, table } = resource
  const build = () => {
    const names = include.map(
      (one) =>
        sql`case when ${getInclude(resource, one).limitedJson ?? sql`''`} is null then ${literal(one)} end`,
    )
    return sql`select ${key.column}::text as key, array_remove(array[${commaList(names)}]::text[], null) as includes
      from ${table} where ${idColumn} = ${placeholder('id')}::uuid`
  }
  return statement(`oversized|${name}|${include.join()}`, build, { id })
}
