import { z } from 'zod'
import { registerRequestSchema, registerResponseSchema } from '../../../model/schema-names.ts'
import { rowFault } from '../job-schemas.ts'
import { maxMappingLength } from '../mapping/index.ts'
import type { Preview, PreviewRecord, PreviewRow } from '../preview.ts'
import { shorten } from '../shorten.ts'
import type { JsonObject } from '../types.ts'
import { maxLists } from './upload.ts'

/** Schemas of the requests and responses of previews. */

/** Maximum total size of the parts of a preview request, in bytes. They are on disk while the preview is made. */
export const maxPreviewBytes = 64 * 1024 * 1024

/** Schema of the body. */
export const previewUpload = registerRequestSchema(
  'ImportPreviewUpload',
  z
    .strictObject({
      mapping: z
        .string()
        .max(maxMappingLength)
        .meta({ format: 'binary', description: 'The mapping, as for an import.' }),
      file: z.string().max(maxPreviewBytes).optional().meta({
        format: 'binary',
        description:
          'The file with the rows, or its beginning; an XLSX file must be whole. Without it, only the mapping is checked.',
      }),
      list: z
        .array(z.string().max(maxPreviewBytes).meta({ format: 'binary' }))
        .max(maxLists)
        .optional()
        .meta({ description: 'Code lists and further files that the mapping names, by their file names.' }),
    })
    .meta({ description: 'A mapping, and optionally the beginning of a file.' }),
)

const mappingFault = z
  .strictObject({
    line: z.int().min(1).nullable().meta({ description: 'Line, from 1; null for the whole mapping.' }),
    column: z.int().min(1).nullable().meta({ description: 'Column in the line, from 1.' }),
    message: z.string().meta({ description: 'What is wrong, and what would be right.' }),
  })
  .meta({ description: 'What is wrong with a mapping, and where.' })

const previewRecord = z
  .strictObject({
    resource: z.string().meta({ description: 'Resource of the record.' }),
    externalId: z
      .strictObject({
        scheme: z.string().meta({ description: 'The register.' }),
        id: z.string().meta({ description: 'Id of the record in it.' }),
      })
      .meta({ description: 'Identifies the record in later imports.' }),
    key: z.string().nullable().meta({ description: 'Key of the existing record; null for a new one.' }),
    action: z
      .enum(['create', 'change', 'none'])
      .meta({ description: 'What a commit would do; `none` if it would change nothing.' }),
    document: z
      .looseObject({})
      .meta({ description: 'The record as it would be. Long texts and lists are shortened.' }),
    kept: z.array(z.string()).meta({
      description:
        'Properties that keep their values: others have edited them, another row supplies the record instead, or the row has no value.',
    }),
  })
  .meta({ description: 'A record that a row becomes.' })

const previewRow = z
  .strictObject({
    locator: z.string().meta({ description: 'Where the row is in the file.' }),
    state: z
      .enum(['ready', 'refused', 'skipped'])
      .meta({ description: 'Whether the row can be written, is refused, or is left out by the mapping.' }),
    reason: z.string().nullable().meta({ description: 'Why the mapping leaves it out.' }),
    values: z
      .looseObject({})
      .meta({ description: 'The row as it is in the file. Long texts and lists are shortened.' }),
    records: z.array(previewRecord).meta({ description: 'The records that it becomes; at most 20.' }),
    faults: z.array(rowFault).meta({ description: 'Why it is refused; at most 20.' }),
    dropped: z.array(rowFault).meta({ description: 'Values that were dropped or changed; at most 20.' }),
  })
  .meta({ description: 'A row, and what it becomes.' })

const example = {
  scheme: 'treaty-series',
  mappingFaults: [],
  format: 'csv',
  encoding: 'utf-8',
  columns: ['Number', 'Title', 'Party'],
  notes: [],
  rows: [
    {
      locator: 'row 2',
      state: 'ready',
      reason: null,
      values: { Number: '1', Title: 'First treaty', Party: 'Pakistan' },
      records: [
        {
          resource: 'agreements',
          externalId: { scheme: 'treaty-series', id: '1' },
          key: null,
          action: 'create',
          document: { title: 'First treaty', parties: [{ country: 'PAK', role: 'party' }] },
          kept: [],
        },
      ],
      faults: [],
      dropped: [],
    },
  ],
  names: { countries: { PAK: 'Pakistan' } },
}

/** Schema of a preview. */
export const previewSchema = registerResponseSchema(
  'ImportPreview',
  z
    .strictObject({
      scheme: z
        .string()
        .nullable()
        .meta({ description: 'The register; null if the mapping itself is invalid.' }),
      mappingFaults: z
        .array(mappingFault)
        .meta({ description: 'Faults of the mapping; if there are any, `rows` is empty.' }),
      format: z
        .string()
        .nullable()
        .meta({ description: 'Format of the file; null without a file, or if it cannot be read.' }),
      encoding: z.string().nullable().meta({ description: 'Character encoding of the file.' }),
      columns: z.array(z.string()).meta({ description: 'Columns of the file.' }),
      notes: z.array(z.string()).meta({ description: 'Remarks about the file, for people.' }),
      rows: z.array(previewRow).meta({ description: 'The first rows of the file, and what they become.' }),
      names: z
        .record(z.string(), z.record(z.string(), z.string()))
        .meta({ description: 'Names of referenced records, by resource and key.' }),
    })
    .meta({ description: 'What a mapping makes of the first rows of a file.', examples: [example] }),
)

/** Maximum numbers of records, faults and dropped values in a row of a preview. */
const maxPerRow = 20

const toJsonRecord = ({ document, ...others }: PreviewRecord) => ({
  ...others,
  // The document of a record is a JSON object.
  document: shorten(document as JsonObject),
})

const toJsonRow = ({ row, records, faults, dropped, ...others }: PreviewRow) => ({
  locator: row.locator,
  ...others,
  values: shorten(row.values),
  records: records.slice(0, maxPerRow).map(toJsonRecord),
  faults: faults.slice(0, maxPerRow),
  dropped: dropped.slice(0, maxPerRow),
})

/** Returns a preview as JSON. */
export const previewToJson = ({ fileInfo, rows, ...others }: Preview): string =>
  JSON.stringify({
    ...others,
    format: fileInfo?.format ?? null,
    encoding: fileInfo?.encoding ?? null,
    columns: fileInfo?.columns ?? [],
    notes: fileInfo?.notes ?? [],
    rows: rows.map(toJsonRow),
  })
