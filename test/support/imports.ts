import { randomUUID } from 'node:crypto'
import type { Database } from '../../src/database/database.ts'
import { singleReads } from '../../src/database/database.ts'
import type { LocalFile } from '../../src/features/imports/files.ts'
import { mappedTools } from '../../src/features/imports/mapped-tools.ts'
import { runImport } from '../../src/features/imports/run.ts'
import {
  changeImport,
  createImport,
  type ImportRecord,
  readImport,
} from '../../src/features/imports/store.ts'
import type { ImportTools } from '../../src/features/imports/tools.ts'
import type { ConvertedRow, JsonObject, Mention } from '../../src/features/imports/types.ts'
import { registry } from '../../src/resources/registry.ts'
import { withFile } from './import-files.ts'

/** A row of a made-up register of agreements. */
export interface AgreementRow {
  id: string
  title?: string
  /** Names of countries. */
  parties?: string[]
  more?: JsonObject
}

/** A scheme that no other test uses. */
export const newScheme = () => `test-${randomUUID()}`

const convert = (
  scheme: string,
  { id, title = `Agreement ${id}`, parties = ['China', 'Pakistan'], more = {} }: AgreementRow,
): ConvertedRow => {
  const mentions: Mention[] = parties.map((name) => ({ resource: 'countries', name, column: 'Parties' }))
  return {
    kind: 'drafts',
    drafts: [
      {
        resource: 'agreements',
        externalId: { scheme, id },
        document: {
          title,
          kind: 'treaty',
          parties: parties.map((_, at) => ({ country: { $mention: at }, role: 'party' })),
          ...more,
        },
        mentions,
        citation: { locator: `row ${id}` },
      },
    ],
    dropped: [],
  }
}

/** Tools that take rows for what they are, without a file. */
export const rowTools = (
  scheme: string,
  rows: AgreementRow[],
  onEdited: 'keep' | 'replace' = 'keep',
): ImportTools => ({
  readSettings: () => ({ scheme, onEdited, source: {}, onUnresolved: 'refuse' }),
  openRows: async () => ({
    facts: Promise.resolve({ format: 'csv', columns: ['Id'], notes: [] }),
    batches: (async function* () {
      yield rows.map((row, at) => ({ number: at + 2, locator: `row ${at + 2}`, values: { Id: row.id } }))
    })(),
    convert: (row) => convert(scheme, rows[row.number - 2] ?? { id: '' }),
  }),
})

/** Makes an import whose file is read next. */
const beginImport = (
  database: Database,
  asked: { scheme: string; mapping: string; commitsItself: boolean },
): Promise<ImportRecord> =>
  database.transaction((tx) =>
    createImport(tx, {
      ...asked,
      state: 'staging',
      actor: { kind: 'command', id: null, name: 'A test' },
      requestId: null,
    }),
  )

/** Imports rows into a database. @returns the import when it is done. */
export async function importRows(
  database: Database,
  scheme: string,
  rows: AgreementRow[],
  options: { onEdited?: 'keep' | 'replace'; commitsItself?: boolean } = {},
): Promise<ImportRecord> {
  const { onEdited = 'keep', commitsItself = true } = options
  const { id } = await beginImport(database, { scheme, mapping: '', commitsItself })
  return continueImport(database, id, rowTools(scheme, rows, onEdited))
}

/** Imports a CSV file as a mapping says, without a dry run. @returns the import when it is done. */
export const importMapped = (database: Database, mapping: string, csv: string): Promise<ImportRecord> =>
  withFile('rows.csv', csv, async (file) => {
    const tools = mappedTools(registry)
    const { scheme } = tools.readSettings(mapping)
    const { id } = await beginImport(database, { scheme, mapping, commitsItself: true })
    return continueImport(database, id, tools, [file])
  })

/** Goes on with an import. @returns how it then is. */
export async function continueImport(
  database: Database,
  id: string,
  tools: ImportTools,
  files: readonly LocalFile[] = [],
): Promise<ImportRecord> {
  const context = { database, registry, tools }
  await runImport(context, id, { signal: new AbortController().signal, files })
  const imported = await readImport(singleReads(database), id)
  if (!imported) throw new Error('the import is gone')
  return imported
}

/** Undoes an import. @returns how it then is. */
export async function undo(database: Database, imported: ImportRecord): Promise<ImportRecord> {
  await database.transaction((tx) => changeImport(tx, imported, { state: 'undoing' }))
  return continueImport(database, imported.id, rowTools(imported.scheme, []))
}
