import { z } from 'zod'
import { autocommitReads, type DatabaseClient } from '../../../database/database.ts'
import { importActions } from '../../../database/vocabularies.ts'
import { limitParameter } from '../../../model/parameters.ts'
import { getLimit, getValues } from '../../../model/query-string.ts'
import type { Registry } from '../../../model/registry.ts'
import {
  acceptLanguage,
  contentLanguage,
  languageParameter,
  withLanguageHeaders,
} from '../../../operations/language.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { pageOf } from '../../../operations/page-envelope.ts'
import { namedPageSchema } from '../../../operations/response-schemas.ts'
import { pageSize } from '../../../query/list.ts'
import { keptDescription } from '../job-schemas.ts'
import { readNames } from '../record-names.ts'
import { requireImport } from '../store.ts'
import { baseContract, importCollection, numberCursor, readProblems, tag } from './contract.ts'

/** The records that an import has processed. */

const example = {
  resource: 'agreements',
  key: '01933b5e-7c1a-7d4e-9f2b-3a5c6d7e8f90',
  name: 'First treaty',
  row: 'row 2',
  action: 'create',
  kept: [],
  undone: false,
}

const importedRecord = z
  .strictObject({
    resource: z.string().meta({ description: 'Resource of the record.' }),
    key: z.string().meta({ description: 'Key of the record.' }),
    name: z
      .string()
      .nullable()
      .meta({ description: 'Its name or title; null if the record no longer exists.' }),
    row: z.string().nullable().meta({
      description:
        'Where the row is in the file; null for a record that no row describes, such as the source, and for an unchanged record whose row is no longer stored.',
    }),
    action: z
      .enum(importActions)
      .meta({ description: 'What was done; `none` if the record did not change.' }),
    kept: z.array(z.string()).meta({ description: keptDescription }),
    undone: z.boolean().meta({ description: 'Whether the action was undone.' }),
  })
  .meta({ description: 'A record of an import.', examples: [example] })

const recordsPage = namedPageSchema('ImportedRecordPage', importedRecord, {
  description: 'A page of records, in the order in which they were written.',
  example,
})

interface Entry {
  sequence: string
  resource: string
  key: string
  row: string | null
  action: (typeof importActions)[number]
  kept: string[] | null
  undone: boolean
}

const readEntries = (database: DatabaseClient, id: string, after: number, limit: number): Promise<Entry[]> =>
  database.read<Entry>({
    text: `select entry.sequence, entry.resource, entry.key, coalesce(rows.locator, citation.document -> 'locator' ->> 'row') as row, entry.action, entry.kept, entry.undone
      from import_records entry left join import_rows rows on rows.import = entry.import and rows.position = entry.row
        left join revisions citation on citation.resource = 'citations' and citation.key = entry.citation and citation.version = 1
      where entry.import = $1 and entry.sequence > $2 order by entry.sequence limit $3`,
    values: [id, after, limit],
  })

/** `GET /v1/imports/{id}/records` */
export const listImportedRecords = (registry: Registry): Endpoint => ({
  method: 'GET',
  path: '/v1/imports/{id}/records',
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId: 'listImportedRecords',
    summary: 'List the records of an import',
    description:
      'The records that the import created or changed, and those that it left unchanged although their rows are new or changed since the last import, each with its row. For the records of one resource, with all filters: `GET /v1/{resource}?source={source}`.',
    query: {
      limit: limitParameter('Records per page', pageSize),
      cursor: numberCursor(Number.MAX_SAFE_INTEGER),
      ...languageParameter('the names'),
    },
    headers: [acceptLanguage],
    responses: {
      200: {
        description: 'A page of records.',
        schema: () => recordsPage,
        headers: { 'content-language': contentLanguage },
      },
    },
    problems: readProblems,
  },
  async handle({ key, query, language }, { database }) {
    await requireImport(autocommitReads(database), key)
    const limit = getLimit(query, pageSize)
    const [after = 0] = getValues(query, 'cursor')
    const found = await readEntries(database, key, Number(after), limit + 1)
    const getName = await readNames(database, registry, found, language)
    const toJson = ({ sequence: _, kept, ...entry }: Entry) =>
      JSON.stringify({ ...entry, name: getName(entry), kept: kept ?? [] })
    const body = pageOf(found, limit, { toJson, cursorOf: ({ sequence }) => sequence })
    return withLanguageHeaders({ status: 200, headers: {}, body }, language)
  },
})
