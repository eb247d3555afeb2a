import { type SQL, sql } from 'drizzle-orm'
import { columnOf } from '../database/columns.ts'
import { documentJson, propertyJson } from '../model/document.ts'
import { conditionValues } from './condition-sql.ts'
import { type FlatColumn, participantRows, type RowPer } from './flat.ts'
import type { ListPlan } from './list.ts'
import { inlineValues } from './literal.ts'
import { matching, ordering, withRecords } from './sql.ts'

/** COPY statements of whole results. PostgreSQL formats each row, and the service passes the bytes on. */

/**
 * Matches the start of a cell that a spreadsheet would run as a formula: these characters and, in East Asian editions,
 * their wide forms. An apostrophe before them makes it text.
 */
const formulaStarts = sql.raw(`'{=,+,-,@,"\t","\r","\n",＝,＋,－,＠}'::text[]`)

/** The same inside of a cell: some spreadsheets take `;` for the separator, and then for the start of another cell. */
const innerFormulaStart = sql.raw(String.raw`'(^|;[\s"]*)([=+@\t\r\n＝＋－＠-])'`)

// The cell is repeated: it is a column, and a subquery for each cell would cost more.
const escapeFormula = (cell: SQL): SQL =>
  sql`case when left(${cell}, 1) = any(${formulaStarts}) or strpos(${cell}, ';') > 0 then regexp_replace(${cell}, ${innerFormulaStart}, '\\1''\\2', 'g') else ${cell} end`

const columnSql = ({ name, kind, cell }: FlatColumn): SQL =>
  sql`${kind === 'text' || kind === 'date' ? escapeFormula(cell) : cell} as ${sql.identifier(name)}`

/** Rows of one JSON text each. JSON escapes control characters, so with these delimiters nothing is quoted. */
const jsonLinesOptions = sql.raw(String.raw`(format csv, quote E'\x01', delimiter E'\x02')`)

/** Texts are always quoted: PostgreSQL quotes only for its own separator, and some spreadsheets split cells at `;`. */
function csvOptions(columns: FlatColumn[]): SQL {
  const texts = columns.filter(({ kind }) => kind === 'text').map(({ name }) => sql.identifier(name))
  const quoted = texts.length > 0 ? sql`, force_quote (${sql.join(texts, sql`, `)})` : sql``
  return sql`(format csv, header${quoted})`
}

function copy(plan: ListPlan, selected: SQL, options: SQL, per: RowPer = 'record'): string {
  const { join, order } =
    per === 'participant' ? participantRows(plan.resource) : { join: sql``, order: sql`` }
  const query = sql`select ${selected} from ${withRecords(plan.resource)}${join}${matching(plan)} order by ${ordering(plan)}${order}`
  return inlineValues(sql`copy (${query}) to stdout with ${options}`, conditionValues(plan.where))
}

/** Returns the COPY statement of one line of JSON a record. */
export function copyDocuments(plan: ListPlan): string {
  const { fields, include } = plan.representation
  return copy(plan, documentJson(plan.resource, fields, include), jsonLinesOptions)
}

/** Returns the COPY statement of a CSV table with a header (RFC 4180, but lines end in LF). */
export const copyTable = (plan: ListPlan, columns: FlatColumn[], per: RowPer): string =>
  copy(plan, sql.join(columns.map(columnSql), sql`, `), csvOptions(columns), per)

/** Returns the COPY statement of one JSON array of cells a row. */
export function copyCells(plan: ListPlan, columns: FlatColumn[], per: RowPer): string {
  const cells = sql.join(
    columns.map(({ cell }) => cell),
    sql`, `,
  )
  return copy(plan, sql`json_build_array(${cells})`, jsonLinesOptions, per)
}

/** Returns the COPY statement of one JSON array a record: key, location, document. */
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

/** Returns the COPY statement of the sources of the records' citations, or of the records if they are citations. */
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
