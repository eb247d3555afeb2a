import { readCursor, writeCursor } from '../query/cursor.ts'
import { type ListPlan, listParameters, planList } from '../query/list.ts'
import { countStatement, estimateStatement, listStatement } from '../query/sql.ts'
import type { Resource } from '../resources/resource.ts'
import { notModified, pageOf } from './answers.ts'
import type { Answer, Context, Operation } from './operation.ts'
import { bodyTag, etagHeader, ifNoneMatch, isKnown } from './tags.ts'

interface Row {
  document: string
  position: string[]
}

type Total = { count: number; relation: 'exact' | 'estimated' }

async function totalOf(plan: ListPlan, { pool }: Context): Promise<Total | undefined> {
  if (plan.count === 'exact') {
    const { rows } = await pool.query<{ total: number }>(countStatement(plan))
    return { count: rows[0]?.total ?? 0, relation: 'exact' }
  }
  if (plan.count === 'estimated') {
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
      estimateStatement(plan),
    )
    return { count: rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0, relation: 'estimated' }
  }
  return undefined
}

async function page(plan: ListPlan, context: Context): Promise<{ body: string; next: string | null }> {
  const after = plan.cursor === undefined ? undefined : readCursor(plan, plan.cursor, context.cursorSecret)
  const [{ rows }, total] = await Promise.all([
    context.pool.query<Row>(listStatement(plan, after)),
    totalOf(plan, context),
  ])
  const shown = rows.slice(0, plan.limit)
  const last = rows.length > plan.limit ? shown.at(-1) : undefined
  const next = last ? writeCursor(plan, last.position, context.cursorSecret) : null
  const description = JSON.stringify({ limit: plan.limit, next, ...(total && { total }) })
  const data = shown.map(({ document }) => document).join(',')
  return { body: `{"data":[${data}],"page":${description}}`, next }
}

/** The same list from the record after this page on, as a relative reference (RFC 8288). */
function nextLink(search: string, next: string): string {
  const parameters = new URLSearchParams(search)
  parameters.set('cursor', next)
  return `<?${parameters}>; rel="next"`
}

/** `GET /v1/{resource}`: the records that match, a page at a time. */
export const list: Operation = {
  method: 'GET',

  contract: (resource: Resource) => ({
    operationId: `list${resource.plural}`,
    summary: `List ${resource.name.replaceAll('-', ' ')}`,
    description: `Several filters mean all of them; a comma in a filter means any of its values. Pages go on with \`cursor\`, at the same cost however deep.`,
    path: 'collection',
    access: 'read',
    query: listParameters(resource),
    headers: [ifNoneMatch],
    answers: {
      200: {
        description: `A page of ${resource.name.replaceAll('-', ' ')}.`,
        schema: pageOf(resource),
        headers: {
          etag: etagHeader,
          link: {
            description: 'The next page, `rel="next"`, when there is one.',
            example: '<?cursor=WyJ…>; rel="next"',
          },
        },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'invalid-cursor', 'not-acceptable'],
  }),

  async handle(resource, asked, context): Promise<Answer> {
    const { body, next } = await page(planList(resource, asked.query), context)
    const etag = bodyTag(body)
    const headers = { etag, ...(next !== null && { link: nextLink(asked.search, next) }) }
    return isKnown(asked.headers['if-none-match'], etag)
      ? { status: 304, headers }
      : { status: 200, headers, body }
  },
}
