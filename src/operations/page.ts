import type { Transaction } from '../database/database.ts'
import type { Language } from '../model/languages.ts'
import {
  type CursorLocation,
  type CursorPosition,
  listScope,
  readCursor,
  writeCursor,
} from '../query/cursor.ts'
import type { ListPlan } from '../query/list.ts'
import { countStatement, estimateStatement, listStatement } from '../query/list-sql.ts'
import { replaceListRequestsWithCounts } from './counts.ts'
import { bodyTag } from './entity-tags.ts'
import { languageParameterName, withLanguageHeaders } from './language.ts'
import type { ApiResponse, Context, HeaderContract } from './operation.ts'
import { pageEnvelope } from './page-envelope.ts'
import { readRegistryAt } from './past.ts'
import { queryDocuments, tooManyIncluded } from './records.ts'

interface Row {
  records: string | null
  /** Whether all documents have the current shape. */
  current: boolean
  /** The id of a record with too many records of an include; null if there is none. */
  oversized: string | null
  last: CursorPosition | null
}

interface PageRecords {
  /** The JSON texts of the records, joined with commas. */
  records: string
  /** The position of the last record; null if no page follows. */
  last: CursorPosition | null
  /** The JSON of the names, if requested. */
  names?: string
}

type Total = { count: number; relation: 'exact' | 'estimated' }

async function countTotal(plan: ListPlan, tx: Transaction): Promise<Total | undefined> {
  if (plan.count === 'exact') {
    const rows = await tx.query<{ total: number }>(countStatement(plan))
    return { count: rows[0]?.total ?? 0, relation: 'exact' }
  }
  if (plan.count === 'estimated') {
    const rows = await tx.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      estimateStatement(plan),
    )
    return { count: rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0, relation: 'estimated' }
  }
  return undefined
}

/**
 * Returns the `Link` header of the next page, with a relative URL (RFC 8288).
 * @param queryString the query string of the request, without `?`.
 * @param cursor the cursor of the next page.
 * @param language of the names, if the response has any. The URL must contain it, since the cached response is also sent to
 * requests that name this language in another way, such as in `Accept-Language`.
 */
function nextLink(queryString: string, cursor: string, language?: Language): string {
  const replaced = { cursor, ...(language && { [languageParameterName]: language }) }
  // The other parameters stay as they were sent, since a literal comma and a percent-encoded one can differ.
  const kept = queryString.split('&').filter((pair) => {
    const [name = ''] = new URLSearchParams(pair).keys()
    return pair !== '' && !Object.hasOwn(replaced, name)
  })
  const encoded = kept.map((pair) => encodeURI(pair).replaceAll('%25', '%'))
  return `<?${[...encoded, new URLSearchParams(replaced)].join('&')}>; rel="next"`
}

/**
 * Returns the headers of a page: its entity tag, and the link to the next page, if there is one.
 * @param language as in `nextLink`.
 */
export const pageHeaders = (
  body: string,
  next: string | null,
  queryString: string,
  language?: Language,
): Record<string, string> => ({
  etag: bodyTag(body),
  ...(next !== null && { link: nextLink(queryString, next, language) }),
})

/** Contract of the `Link` header of `pageHeaders`. */
export const linkHeader: HeaderContract = {
  description: 'URL of the next page, `rel="next"`, if there is one.',
  example: '<?cursor=WyJ…>; rel="next"',
}

/**
 * Reads the records of a page. If the plan asks for them, also reads the names of the records to which these records refer, and
 * the counts of the list requests in these records (`replaceListRequestsWithCounts`).
 */
async function readPageRecords(
  plan: ListPlan,
  after: CursorPosition | undefined,
  tx: Transaction,
  { names, database }: Context,
  language: Language,
): Promise<PageRecords> {
  const [row] = await queryDocuments<Row>(tx, (options) => listStatement(plan, after, options))
  const { resource, representation, asOf } = plan
  if (row?.oversized) throw await tooManyIncluded(tx, resource, row.oversized, representation)
  const text = await replaceListRequestsWithCounts(tx, resource, representation, row?.records ?? '', asOf)
  const found = { records: text, last: row?.last ?? null }
  if (!representation.names) return found
  const request = { resource, representation, text, language, isPast: asOf !== undefined }
  return { ...found, names: await names.find(tx, request, database) }
}

/**
 * Returns the response with the page of a plan.
 * @param language language of the names, if the plan asks for them.
 * @param makeHeaders returns further headers, from the body and the cursor of the next page.
 * @param cursorLocation where the cursor was sent; by default, the query string.
 * @throws Problem `invalid-cursor` if the cursor was truncated or changed, or belongs to another registry or query;
 * `invalid-parameter` if a record has too many records of an include.
 */
export async function pageResponse(
  plan: ListPlan,
  context: Context,
  language: Language,
  makeHeaders: (body: string, next: string | null) => Record<string, string>,
  cursorLocation?: CursorLocation,
): Promise<ApiResponse> {
  const after =
    plan.cursor === undefined
      ? undefined
      : readCursor(listScope(plan), plan.cursor, context.cursorSecret, cursorLocation)
  const [{ records, last, names }, total] = await readRegistryAt(plan.asOf, context, async (tx) => {
    const found = readPageRecords(plan, after, tx, context, language)
    // Reads of the past share a connection, which runs one statement at a time.
    if (plan.asOf !== undefined) await found
    return Promise.all([found, countTotal(plan, tx)])
  })
  const next = last && writeCursor(listScope(plan), last, context.cursorSecret)
  const body = pageEnvelope(records, { limit: plan.limit, next, ...(total && { total }) }, names)
  // Estimates are kept out of caches, since the planner's statistics change without a write.
  const isEstimated = plan.count === 'estimated'
  const headers = { ...makeHeaders(body, next), ...(isEstimated && { 'cache-control': 'no-store' }) }
  const response = { status: 200, headers, body }
  return plan.representation.names ? withLanguageHeaders(response, language) : response
}
