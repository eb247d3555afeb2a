import { z } from 'zod'
import { registerResponseSchema } from '../../model/schema-names.ts'

/** The parts of an import that the database stores as JSON and the API returns unchanged: its counts and its report. */

/** Returns the schema of a count. */
export const count = (description: string) => z.int().min(0).meta({ description })

/** Schema of a fault of a row. */
export const rowFault = registerResponseSchema(
  'ImportFault',
  z
    .strictObject({
      column: z
        .string()
        .meta({ description: 'Column of the file, or property of the record; empty for the whole row.' }),
      value: z.string().meta({ description: 'The value, shortened to 200 characters.' }),
      detail: z.string().meta({ description: 'What is wrong, and what would be right.' }),
      suggestion: z.string().optional().meta({ description: 'A value that would be right.' }),
    })
    .meta({ description: 'What is wrong with a value of a row.' }),
)

/** Describes the property `kept` of counts and of imported records in the OpenAPI document. */
export const keptDescription =
  'Properties that kept their values: others had edited them, another row supplies the record instead, or the row has no value.'

/** Schema of what an import has counted so far: rows, values, records and properties. */
export const importCounts = z.strictObject({
  skipped: count('Rows that the mapping leaves out.'),
  refused: count('Rows that are refused.'),
  // In rows that are not refused or, until the first report is stored, in all converted rows.
  dropped: count('Values that were dropped or changed.'),
  created: count('New records.'),
  changed: count('Changed records.'),
  unchanged: count('Unchanged records.'),
  kept: count(keptDescription),
})

/** What an import has counted so far. */
export type ImportCounts = z.output<typeof importCounts>

/** Counts that are all zero. */
export const noCounts: ImportCounts = {
  skipped: 0,
  refused: 0,
  dropped: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  kept: 0,
}

/** Returns the sums of two counts. */
export function addCounts(one: ImportCounts, other: Partial<ImportCounts>): ImportCounts {
  const sums = { ...one }
  for (const name of importCounts.keyof().options) sums[name] += other[name] ?? 0
  return sums
}

/** Schema of the report of a finished step. A running step replaces `kept` and `keptCount`. */
export const importReport = z.strictObject({
  refusedBy: z
    .array(
      z.strictObject({
        column: z.string().meta({ description: 'Column of the file, or property of the record.' }),
        rows: count('Rows refused because of the column.'),
        example: rowFault,
      }),
    )
    .meta({ description: 'Why rows are refused, by column; most frequent first, at most 50.' }),
  droppedBy: z
    .array(
      z.strictObject({
        column: z.string().meta({ description: 'Column of the file.' }),
        rows: count('Rows in which something was dropped.'),
        example: rowFault,
      }),
    )
    .meta({
      description: 'Dropped values of rows that are not refused, by column; most frequent first, at most 50.',
    }),
  names: z
    .strictObject({
      unresolved: count('Names that need a decision.'),
      rows: count('Rows that have them; a row with two such names counts twice.'),
      leftOut: count('Names whose values are left out by a decision; absent if there are none.').optional(),
    })
    .meta({ description: 'Names without a record: see `GET /v1/imports/{id}/names`.' }),
  missing: count(
    'Records that earlier files of the register had and this file lacks: see `GET /v1/imports/{id}/missing.csv`. They are not changed.',
  ),
  kept: z.array(z.strictObject({ resource: z.string(), key: z.string(), reason: z.string() })).meta({
    description: 'Records with values that were not overwritten or reverted, and why; at most 100.',
  }),
  keptCount: count('Number of kept properties or, after an undo, records.'),
})

/** The report of a finished step, for people. */
export type ImportReport = z.output<typeof importReport>

/** A column with faults, the number of rows in which it has them, and one of the faults. */
export type FaultyColumn = ImportReport['refusedBy'][number]

/** A record with properties that an import did not overwrite, or a record that an undo could not fully revert, and why. */
export type KeptRecord = ImportReport['kept'][number]

/** The report before the first step ends. */
const emptyReport: ImportReport = {
  refusedBy: [],
  droppedBy: [],
  names: { unresolved: 0, rows: 0 },
  missing: 0,
  kept: [],
  keptCount: 0,
}

/** Returns a report without kept records: a commit, dry run or undo starts with it, and adds the records that it keeps. */
export const withoutKept = (report: ImportReport | null): ImportReport => ({
  ...(report ?? emptyReport),
  kept: [],
  keptCount: 0,
})
