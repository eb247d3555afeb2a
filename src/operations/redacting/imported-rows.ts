import { isDeepStrictEqual } from 'node:util'
import type { Transaction } from '../../database/database.ts'
import { recordId } from '../../model/keys.ts'
import type { Resource } from '../../model/resource.ts'
import { externalIdKey } from '../../model/schemas.ts'
import type { Redaction } from './redaction.ts'

/** Redacts what imports have stored about a record: rows of files, the examples of faults in reports, and names. */

/** A fault of a row. The value and the detail may quote the row. */
interface RowFault {
  column: string
  value: string
  detail: string
}

interface ImportedRow {
  import: string
  position: number
  values: unknown
  drafts: unknown
  faults: RowFault[] | null
}

/** A report has an example of a fault for each column. */
interface ReportColumn {
  example: RowFault
}

interface Report {
  refusedBy: ReportColumn[]
  droppedBy: ReportColumn[]
}

/** A name in the file of an import, and the records that it may mean. */
interface ImportedName {
  import: string
  identity: string
  mention: { name?: string; country?: string }
  candidates: { name: string }[] | null
}

const redactedFault = ({ column }: { column: string }): RowFault => ({
  column,
  value: '',
  detail: 'was removed by a redaction of the record',
})

/** The external ids that a record has or had, as `import_rows.ids` has them, and the registers from which they come. */
interface Origin {
  schemes: string[]
  ids: string[]
}

async function findOrigin(tx: Transaction, resource: Resource, key: string): Promise<Origin> {
  const rows = await tx.query<{ scheme: string; id: string }>({
    text: `select scheme, id from external_ids where record = $1
      union select scheme, id from history.external_ids where record = $1`,
    values: [recordId(resource, key)],
  })
  return {
    schemes: rows.map(({ scheme }) => scheme),
    ids: rows.map((externalId) => `${resource.name} ${externalIdKey(externalId)}`),
  }
}

const findRows = (tx: Transaction, { schemes, ids }: Origin): Promise<ImportedRow[]> =>
  tx.query<ImportedRow>({
    text: `select import, position, values, drafts, faults from import_rows
      where import = any(array(select id from imports where scheme = any($1::text[]))) and ids && $2::text[]`,
    values: [schemes, ids],
  })

/**
 * Empties rows, except for their locators and external ids. The import writes no record from an emptied row. A row keeps the
 * number and the columns of its faults, so that they are still counted and listed as before.
 */
async function emptyRows(tx: Transaction, rows: ImportedRow[]): Promise<void> {
  const faults = rows.map((row) => row.faults && JSON.stringify(row.faults.map(redactedFault)))
  await tx.query({
    text: `update import_rows set values = '{}', drafts = '[]', faults = given.faults
      from unnest($1::uuid[], $2::int[], $3::json[]) as given(import, position, faults)
      where import_rows.import = given.import and import_rows.position = given.position`,
    values: [rows.map((row) => row.import), rows.map(({ position }) => position), faults],
  })
}

/** Removes the faults of rows from the examples in the reports of their imports. */
async function redactReports(tx: Transaction, rows: ImportedRow[]): Promise<void> {
  const rowFaults = rows.flatMap(({ faults }) => faults ?? [])
  const redactColumns = (columns: ReportColumn[]) =>
    columns.map((column) =>
      rowFaults.some((fault) => isDeepStrictEqual(fault, column.example))
        ? { ...column, example: redactedFault(column.example) }
        : column,
    )
  // Imports without a report are locked, too: a step that ends now may be storing one.
  const imports = await tx.query<{ id: string; report: Report | null }>({
    text: 'select id, report from imports where id = any($1::uuid[]) order by id for update',
    values: [rows.map((row) => row.import)],
  })
  for (const { id, report } of imports) {
    if (!report) continue
    const { refusedBy, droppedBy } = report
    const redacted = {
      ...report,
      refusedBy: redactColumns(refusedBy),
      droppedBy: redactColumns(droppedBy),
    }
    await tx.query({ text: 'update imports set report = $2 where id = $1', values: [id, redacted] })
  }
}

/** PostgreSQL regular expression for 31 consecutive characters that may be combining marks: those from U+0300 on. */
const mayHaveManyMarks = String.raw`[^\u0001-\u02ff]{31}`

/**
 * Replaces a text in the stored names of all imports from the given registers, and of the imports that wrote the record.
 * @returns the number of changed names.
 */
async function redactNames(
  tx: Transaction,
  { name: resource, key, schemes }: { name: string; key: string; schemes: string[] },
  { text = '', redactText }: Redaction,
): Promise<number> {
  // PostgreSQL normalizes a long run of combining marks slowly. `redactText` also looks at the names that may have one.
  const names = await tx.query<ImportedName>({
    text: `select import, identity, mention, candidates from import_names
      where import = any(array(select id from imports where scheme = any($1::text[])
          union select import from import_records where resource = $2 and key = $3))
        and case when concat(mention, candidates) ~ $5 then true
          else strpos(normalize(concat(mention, candidates), nfc), $4) > 0 end`,
    values: [schemes, resource, key, JSON.stringify(text).slice(1, -1), mayHaveManyMarks],
  })
  let changed = 0
  for (const { import: id, identity, mention, candidates } of names) {
    const { name, country } = mention
    const redactedMention = {
      ...mention,
      ...(name !== undefined && { name: redactText(name) }),
      ...(country !== undefined && { country: redactText(country) }),
    }
    const redactedCandidates =
      candidates?.map((match) => ({ ...match, name: redactText(match.name) })) ?? null
    // The text may be only in the names of the JSON properties, or in values that are not names.
    if (isDeepStrictEqual([redactedMention, redactedCandidates], [mention, candidates])) continue
    await tx.query({
      text: 'update import_names set mention = $3, candidates = $4 where import = $1 and identity = $2',
      values: [id, identity, redactedMention, redactedCandidates && JSON.stringify(redactedCandidates)],
    })
    changed += 1
  }
  return changed
}

/**
 * Redacts the stored rows that describe a locked record, and the examples in the reports of their imports. A row may have a value
 * in another form than the record, or one that the mapping has dropped, so a row is emptied as a whole. The redaction of a text
 * also replaces the text in the names that imports have stored (`redactNames`).
 * @returns the number of emptied rows and changed names.
 */
export async function redactImportedRows(
  tx: Transaction,
  resource: Resource,
  key: string,
  redaction: Redaction,
): Promise<number> {
  const origin = await findOrigin(tx, resource, key)
  const rows = (await findRows(tx, origin)).filter(
    (row) => !isDeepStrictEqual(row.drafts, []) && redaction.mayBeIn([row.values, row.drafts, row.faults]),
  )
  if (rows.length > 0) {
    await emptyRows(tx, rows)
    await redactReports(tx, rows)
  }
  if (redaction.text === undefined) return rows.length
  return (
    rows.length + (await redactNames(tx, { name: resource.name, key, schemes: origin.schemes }, redaction))
  )
}
