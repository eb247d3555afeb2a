import { type SQL, sql } from 'drizzle-orm'
import { columnOf, commaList, literal, literals } from '../database/columns.ts'
import { records } from '../database/tables/records.ts'
import { documentJson, propertyJson, rfc3339 } from '../model/document.ts'
import type { Resource } from '../model/resource.ts'
import { conditionValues } from './condition-sql.ts'
import { type FlatColumn, participantRows, type RowUnit } from './flat.ts'
import type { Selection } from './list.ts'
import { orderTerms, whereClause, withRecords } from './list-sql.ts'
import { inlineValues } from './literal.ts'
import { formulaCharacters, formulaStart, semicolonBeforeFormula } from './safe-csv.ts'

/** COPY statements that write all records of a selection. PostgreSQL formats each row. */

const formulaStartPattern = literal(formulaStart)
const semicolonPattern = literal(semicolonBeforeFormula)

/**
 * Escapes formulas. Runs the regular expression only if the cell starts with one of `formulaCharacters`, or has a `;` or a line
 * break, since checking this is faster.
 */
const escapeFormula = (cell: SQL): SQL =>
  sql`case when left(${cell}, 1) in (${literals(formulaCharacters)}) or strpos(${cell}, ';') > 0 or strpos(${cell}, E'\\n') > 0 or strpos(${cell}, E'\\r') > 0 then regexp_replace(${cell}, ${formulaStartPattern}, '\\1''\\2', 'g') else ${cell} end`

/**
 * Escapes each `;` before a formula. JSON has a `;` only inside a string, where an escape sequence has the same meaning. So the
 * value does not change.
 */
const escapeJson = (cell: SQL): SQL =>
  sql`case when strpos(${cell}, ';') > 0 then regexp_replace(${cell}, ${semicolonPattern}, '\\\\u003b', 'g') else ${cell} end`

/** Evaluates the cell once. For a plain column, the subquery would cost more than it saves. */
const withOneEvaluation = (toSafeText: (cell: SQL) => SQL, cell: SQL): SQL =>
  sql`(select ${toSafeText(sql`looked_up.value`)} from (select ${cell} as value offset 0) looked_up)`

function safeCell({ kind, cell, isLookup }: FlatColumn): SQL {
  if (kind === 'json') return withOneEvaluation(escapeJson, cell)
  if (kind !== 'text' && kind !== 'date') return cell
  return isLookup ? withOneEvaluation(escapeFormula, cell) : escapeFormula(cell)
}

/** SQL of a JSON array of the cells of a row. */
const cellsJson = (columns: FlatColumn[]): SQL =>
  sql`json_build_array(${commaList(columns.map(({ cell }) => cell))})`

const columnSql = (column: FlatColumn): SQL => sql`${safeCell(column)} as ${sql.identifier(column.name)}`

/** Options for rows of one JSON text. The delimiters are control characters, which JSON escapes, so nothing is quoted. */
const jsonLinesOptions = sql.raw(String.raw`(format csv, quote E'\x01', delimiter E'\x02')`)

/** Options for CSV. Texts are always quoted, since PostgreSQL itself does not quote a `;` (`safe-csv.ts`). */
function csvOptions(columns: FlatColumn[]): SQL {
  const texts = columns.filter(({ kind }) => kind === 'text').map(({ name }) => sql.identifier(name))
  const quoted = texts.length > 0 ? sql`, force_quote (${commaList(texts)})` : sql``
  return sql`(format csv, header${quoted})`
}

/** Returns a COPY statement for a query. The values of the selection's condition become literals. */
const copyQuery = (query: SQL, { where }: Selection, options = jsonLinesOptions): string =>
  inlineValues(sql`copy (${query}) to stdout with ${options}`, conditionValues(where))

/** Returns a COPY statement for the records of a selection. @param selected SQL of the columns of a row. */
function copyRecords(selection: Selection, selected: SQL, options?: SQL, per: RowUnit = 'record'): string {
  const { join, order } =
    per === 'participant' ? participantRows(selection.resource) : { join: sql``, order: sql`` }
  const query = sql`select ${selected} from ${withRecords(selection.resource)}${join}${whereClause(selection)} order by ${orderTerms(selection)}${order}`
  return copyQuery(query, selection, options)
}

/** Returns a COPY statement that writes one line of JSON per record. */
export function ndjsonStatement(selection: Selection): string {
  const { fields, include } = selection.representation
  return copyRecords(selection, documentJson(selection.resource, fields, include))
}

/**
 * Returns a COPY statement that writes CSV with a header: RFC 4180 except for LF line ends, which `withCrlf` turns into
 * CRLF.
 * @throws Error for rows per participant, if the resource has no participants.
 */
export const csvStatement = (selection: Selection, columns: FlatColumn[], per: RowUnit): string =>
  copyRecords(selection, commaList(columns.map(columnSql)), csvOptions(columns), per)

/** Returns a COPY statement that writes one JSON array of cells per row. @throws as `csvStatement` does. */
export const xlsxStatement = (selection: Selection, columns: FlatColumn[], per: RowUnit): string =>
  copyRecords(selection, cellsJson(columns), jsonLinesOptions, per)

/** Returns the field with the location or locations of a record, and its name; undefined if the resource has none. */
export const findLocationField = (resource: Resource) =>
  Object.entries(resource.boundFields).find(([, { field }]) =>
    ['location', 'locations'].includes(field.capability?.kind ?? ''),
  )

/**
 * SQL of a JSON array of the locations of a record. If records of the resource have only one location, the array has one entry:
 * the location, or null if it is not known.
 * @throws Error if the resource has no locations.
 */
function locationsJson(resource: Resource): SQL {
  const locationField = findLocationField(resource)
  if (!locationField) throw new Error(`${resource.name} have no locations`)
  const [name, { field }] = locationField
  const json = propertyJson(resource, name)
  return field.capability?.kind === 'locations' ? json : sql`json_build_array(${json})`
}

/**
 * Returns a COPY statement that writes one JSON array per record: key, locations, document.
 * @throws Error if the resource has no locations.
 */
export function geojsonStatement(selection: Selection): string {
  const { resource, representation } = selection
  const document = documentJson(resource, representation.fields, representation.include)
  return copyRecords(
    selection,
    sql`json_build_array(${resource.key.column}, (${locationsJson(resource)}), (${document})::json)`,
  )
}

/** SQL of a JSON object of the dates of a record in EDTF, each with its earliest and latest day. */
function spansJson({ name, table, eventDates, registry }: Resource): SQL {
  const events = (eventDates ?? []).map((property) => sql`select ${columnOf(table, property)} as date`)
  const listed = registry
    .fieldTables({ resource: name, name: 'amounts' })
    .map(
      (amounts) =>
        sql`select ${columnOf(amounts, 'date')} from ${amounts} where ${columnOf(amounts, 'record')} = ${columnOf(table, 'id')}`,
    )
  return sql`(select coalesce(json_object_agg(date, json_build_array(edtf_earliest(date), edtf_latest(date))), '{}') from (${sql.join([...events, ...listed], sql` union `)}) dates where date is not null)`
}

/** The includes with the codes and names of other records that IATI files need. */
const iatiIncludes = [
  'countries',
  'organizations',
  'regions',
  'topicDetails',
  'sectorDetails',
  'locationCountries',
]

/** Returns a COPY statement that writes one JSON array per record, for IATI: its document with includes, and its dates. */
export function iatiStatement(selection: Selection): string {
  const { resource, representation } = selection
  const includes = resource.includes()
  const include = iatiIncludes.filter((name) => name in includes)
  const document = documentJson(resource, representation.fields, include)
  return copyRecords(selection, sql`json_build_array((${document})::json, ${spansJson(resource)})`)
}

/** Returns the dates of a resource's calendar, each with the SQL of its days, its text, and whether a calendar shows it. */
const calendarDates = ({ calendar = {}, table }: Resource) =>
  Object.keys(calendar).map((name) => {
    const column = (suffix: string) => sql`${columnOf(table, `${name}${suffix}`)}`
    const [earliest, latest, date] = [column('Earliest'), column('Latest'), column('')]
    const fitsInCalendar = sql`extract(year from ${earliest}) between 1 and 9998 and extract(year from ${latest}) < 9999 and ${latest} - ${earliest} < 366`
    const isShown = sql`coalesce(case when isfinite(${earliest}) and isfinite(${latest}) then ${fitsInCalendar} end, false)`
    return { name, earliest, latest, date, isShown }
  })

/**
 * Returns a COPY statement that writes one JSON array per record of a calendar: key, title, version, time of the last
 * change, and an array of its dates. A date is an array of its property, its earliest and latest day, and its value in EDTF.
 * Null stands for a date that is missing, spans more than a year, or is not in the years 1 to 9998.
 */
export function calendarStatement(selection: Selection): string {
  const { resource } = selection
  const dates = calendarDates(resource).map(
    ({ name, earliest, latest, date, isShown }) =>
      sql`case when ${isShown} then json_build_array(${literal(name)}, ${earliest}, ${latest}, ${date}) end`,
  )
  return copyRecords(
    selection,
    sql`json_build_array(${resource.key.column}, ${resource.search.title}, ${records.version}, ${rfc3339(sql`${records.updatedAt}`)}, json_build_array(${commaList(dates)}))`,
  )
}

/** Returns a COPY statement that writes a JSON array of one number: how many dates `calendarStatement` leaves out. */
export function omittedDatesStatement(selection: Selection): string {
  const { resource } = selection
  const counts = calendarDates(resource).map(
    ({ date, isShown }) => sql`count(*) filter (where ${date} is not null and not ${isShown})`,
  )
  const query = sql`select json_build_array(${sql.join(counts, sql` + `)}) from ${resource.table}${whereClause(selection)}`
  return copyQuery(query, selection)
}

/**
 * Returns a COPY statement that writes one JSON array of cells for each source that citations of the matching records name.
 * If the matching records are citations, these are the sources of the matching citations.
 */
export function sourcesStatement(selection: Selection, columns: FlatColumn[]): string {
  const { table, id, registry } = selection.resource
  const [citations, sources] = [registry.get('citations'), registry.get('sources')]
  const matchingIds = sql`select ${id} from ${table}${whereClause(selection)}`
  const citationCondition =
    selection.resource === citations
      ? sql`${citations.id} in (${matchingIds})`
      : sql`${columnOf(citations.table, 'citedRecord')} in (${matchingIds})`
  const query = sql`select ${cellsJson(columns)} from ${withRecords(sources)} where ${sources.id} in (select ${columnOf(citations.table, 'source')} from ${citations.table} where ${citationCondition}) order by ${sources.id}`
  return copyQuery(query, selection)
}
