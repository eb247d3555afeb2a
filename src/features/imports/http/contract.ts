import { z } from 'zod'
import { importStates } from '../../../database/vocabularies.ts'
import { keys } from '../../../model/keys.ts'
import { cursorParameter, type Parameter, wholeNumber } from '../../../model/parameters.ts'
import { registerResponseSchema } from '../../../model/schema-names.ts'
import type { Contract, KeyedCollection } from '../../../operations/operation.ts'
import { namedPageSchema } from '../../../operations/response-schemas.ts'
import { revisionShape } from '../../../operations/revision-schema.ts'
import { idempotencyKey, idempotencyProblems } from '../../../operations/writing/idempotency.ts'
import type { SpecificProblem } from '../../../problems/types.ts'
import { count, importCounts, importReport } from '../job-schemas.ts'
import type { ImportJob } from '../store.ts'

/** What the contracts of imports share. */

/** Imports are identified by `id` in paths. */
export const importCollection: KeyedCollection = {
  noun: 'import',
  key: { property: 'id', schema: keys.uuid() },
}

/** The base of all contracts of imports except the one of the mapping schema. They need the role `editor`. */
export const baseContract = { access: 'write', query: {}, headers: [] } satisfies Partial<Contract>

/** The base of the contracts of operations that write. They run once under an `Idempotency-Key`. */
export const changeContract = { ...baseContract, headers: [idempotencyKey] } satisfies Partial<Contract>

/** The tag of the operations in the OpenAPI document. */
export const tag = 'imports'

/** The problems of an operation that reads one import or a part of it. */
export const readProblems: readonly SpecificProblem[] = ['not-found']

/** The problems of an operation that changes one import. */
export const changeProblems: readonly SpecificProblem[] = [...readProblems, ...idempotencyProblems]

/**
 * Returns the parameter `cursor` of a list that is sorted by a number, such as the position of a row. The cursor is the number of
 * the last entry of the page before.
 * @param max the largest possible number.
 */
export const numberCursor = (max: number): Parameter =>
  cursorParameter(
    wholeNumber(max),
    'Cursor of the page: `page.next` of the page before.',
    z.string().max(16).meta({ description: 'A cursor.' }),
  )

const nullableTime = (description: string) => z.iso.datetime().nullable().meta({ description })

const example = {
  id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
  scheme: 'treaty-series',
  state: 'staging',
  files: [
    {
      name: 'treaties.csv',
      bytes: 1_200_000,
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    },
  ],
  format: 'csv',
  encoding: 'utf-8',
  columns: ['Number', 'Title', 'Party A', 'Party B', 'Remarks'],
  unused: [{ column: 'Remarks', rows: 310 }],
  notes: [],
  rows: 4000,
  doneRows: 2400,
  counts: { skipped: 0, refused: 12, dropped: 3, created: 2388, changed: 0, unchanged: 0, kept: 0 },
  report: null,
  source: null,
  failure: null,
  actor: { kind: 'key', id: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f91', name: 'The treaty section' },
  createdAt: '2026-01-31T09:30:00.000Z',
  stagedAt: null,
  committedAt: null,
  undoneAt: null,
}

/** Schema of an import. */
export const importSchema = registerResponseSchema(
  'ImportJob',
  z
    .strictObject({
      id: keys.uuid().meta({ description: 'Id of the import.' }),
      scheme: z
        .string()
        .meta({ description: 'The register: the scheme of the external ids of its records.' }),
      state: z.enum(importStates).meta({
        description:
          'The state of the import. `staged`: the dry run is done, and a commit or more decisions about names can follow.',
      }),
      files: z
        .array(
          z.strictObject({
            name: z.string().meta({ description: 'Name of the file.' }),
            bytes: count('Size in bytes.'),
            sha256: z.string().meta({ description: 'SHA-256 of the file, in hexadecimal.' }),
          }),
        )
        .meta({ description: 'The files; the first has the rows.' }),
      format: z.string().nullable().meta({ description: 'Format of the file with the rows.' }),
      encoding: z.string().nullable().meta({ description: 'Character encoding of the file.' }),
      columns: z.array(z.string()).meta({ description: 'Columns of the file.' }),
      unused: z
        .array(
          z.strictObject({
            column: z.string().meta({ description: 'A column, or the path of a value in JSON or XML.' }),
            rows: count('Rows in which it has a value.'),
          }),
        )
        .meta({ description: 'Columns with values that the mapping does not read; at most 200.' }),
      notes: z.array(z.string()).meta({ description: 'Remarks about the file, for people.' }),
      rows: z.int().min(0).nullable().meta({ description: 'Number of rows; null until all are read.' }),
      doneRows: count(
        'Rows that the current pass of a dry run or commit has processed; during an undo, the records that it has undone.',
      ),
      counts: importCounts.meta({
        description: 'Counts of the dry run; of the commit, once it has begun.',
      }),
      report: importReport.nullable().meta({
        description:
          'Report of the last finished step; before the first, null or empty. A running step replaces `kept` and `keptCount`.',
      }),
      source: z.string().nullable().meta({
        description: 'Key of the record of `sources` that represents the import, for the filter `source`.',
      }),
      failure: z.string().nullable().meta({ description: 'Why the import has failed.' }),
      actor: revisionShape.actor.meta({ description: 'Who started the import.' }),
      createdAt: z.iso.datetime().meta({ description: 'When the import was started.' }),
      stagedAt: nullableTime('When the dry run was done or, without a dry run, when the commit began.'),
      committedAt: nullableTime('When the commit was done.'),
      undoneAt: nullableTime('When the import was undone.'),
    })
    .meta({ description: 'An import of a file: its state, progress and report.', examples: [example] }),
)

/** Schema of a page of imports. */
export const importPage = namedPageSchema('ImportJobPage', importSchema, {
  description: 'A page of imports.',
  example,
})

/** Returns an import as JSON. */
export function importToJson(job: ImportJob): string {
  const { id, scheme, state, files, fileInfo, counts, report, source, failure, actor } = job
  return JSON.stringify({
    id,
    scheme,
    state,
    files,
    format: fileInfo?.format ?? null,
    encoding: fileInfo?.encoding ?? null,
    columns: fileInfo?.columns ?? [],
    unused: fileInfo?.unused ?? [],
    notes: fileInfo?.notes ?? [],
    rows: job.rowsRead,
    doneRows: job.doneThrough,
    counts,
    report,
    source,
    failure,
    actor,
    createdAt: job.createdAt,
    stagedAt: job.stagedAt,
    committedAt: job.committedAt,
    undoneAt: job.undoneAt,
  })
}
