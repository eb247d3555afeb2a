import { type SQL, sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import { documentJson, propertyJson } from '../model/document.ts'
import { conditionValues } from './condition-sql.ts'
import { type FlatColumn, participantRows, type RowPer } from './flat.ts'
import type { ListPlan } from './list.ts'
import { inlineValues } from './literal.ts'
import { matching, ordering, withRecords } from './sql.ts'

/** COPY statements of whole results: PostgreSQL composes every byte of a row, and the service passes it on. */

/**
 * Begins a cell that a spreadsheet would take for a formula: these characters and, in East Asian editions, their wide
 * forms. An apostrophe before them makes it text.
 */
const formulaStarts = sql.raw(`'{=,+,-,@,"\t","\r","\n",＝,＋,－,＠}'::text[]`)

// The cell stands here three times, since it is a column and costs nothing; a subquery for each would.
const escapeFormula = (cell: SQL): SQL =>
  sql`case when left(${cell}, 1) = any(${formulaStarts}) then '''' || ${cell} else ${cell} end`

const columnSql = ({ name, kind, cell }: FlatColumn): SQL =>
  sql`${kind === 'text' || kind === 'date' ? escapeFormula(cell) : cell} as ${sql.identifier(name)}`

/** Rows of one JSON text each. Its control characters are escaped, so with these no quoting is ever needed. */
const jsonLinesOptions = sql.raw(String.raw`(format csv, quote E'\x01', delimiter E'\x02')`)
const csvOptions = sql.raw('(format csv, header)')

function copy(plan: ListPlan, selected: SQL, options: SQL, per: RowPer = 'record'): string {
  const { join, order } =
    per === 'participant' ? participantRows(plan.resource) : { join: sql``, order: sql`` }
  const query = sql`select ${selected} from ${withRecords(plan.resource)}${join}${matching(plan)} order by ${ordering(plan)}${order}`
  return inlineValues(sql`copy (${query}) to stdout with ${options}`, conditionValues(plan.where))
}

/** Gives each record's JSON as a line. */
export function copyDocuments(plan: ListPlan): string {
  const { fields, include } = plan.representation
  return copy(plan, documentJson(plan.resource, fields, include), jsonLinesOptions)
}

/** Gives a table as CSV (RFC 4180 but for the ends of its lines, which are LF), with names above. */
export const copyTable = (plan: ListPlan, columns: FlatColumn[], per: RowPer): string =>
  copy(plan, sql.join(columns.map(columnSql), sql`, `), csvOptions, per)

/** Gives each row of a table as a line with a JSON array of its cells. */
export function copyCells(plan: ListPlan, columns: FlatColumn[], per: RowPer): string {
  const cells = sql.join(
    columns.map(({ cell }) => cell),
    sql`, `,
  )
  return copy(plan, sql`json_build_array(${cells})`, jsonLinesOptions, per)
}

/** Gives each record as a line with a JSON array of its key, its location and its JSON. */
export function copyFeatures(plan: ListPlan): string {
  const { resource, representation } = plan
  const document = documentJson(resource, representation.fields, representation.include)
  const location = propertyJson(resource, 'location')
  return copy(
    plan,
    sql`json_build_array(${resource.key.column}, (${location}), (${document})::json)`,
    jsonLinesOptions,
  )
}

/** Gives the sources that the citations of a plan's records name, or that its records name as citations. */
export function copySources(plan: ListPlan, columns: FlatColumn[]): string {
  const { table, id, registry } = plan.resource
  const cells = sql.join(
    columns.map(({ cell }) => cell),
    sql`, `,
  )
  const [citations, sources] = [registry.get('citations'), registry.get('sources')]
  const chosen = sql`select ${id} from ${table}${matching(plan)}`
  const cited =
    plan.resource === citations
      ? sql`${citations.id} in (${chosen})`
      : sql`${columnOf(citations.table, 'citedRecord')} in (${chosen})`
  const query = sql`select json_build_array(${cells}) from ${withRecords(sources)} where ${sources.id} in (select ${columnOf(citations.table, 'source')} from ${citations.table} where ${cited}) order by ${sources.id}`
  return inlineValues(sql`copy (${query}) to stdout with ${jsonLinesOptions}`, conditionValues(plan.where))
}
