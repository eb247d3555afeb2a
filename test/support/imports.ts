import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { autocommitReads } from '../../src/database/database.ts'
import { parseMapping } from '../../src/features/imports/mapping/index.ts'
import type { LocalFile } from '../../src/features/imports/reading/file.ts'
import { runImport } from '../../src/features/imports/run.ts'
import { changeImport, createImport, type ImportJob, readImport } from '../../src/features/imports/store.ts'
import { registry } from '../../src/resources/registry.ts'
import type { Api } from './api.ts'
import { withFile } from './import-files.ts'

/** A row of a register of agreements that exists only in tests. */
export interface AgreementRow {
  id: string
  title?: string
  /** Names of countries. */
  parties?: string[]
}

/** A scheme that no other test uses. */
export const newScheme = () => `test-${randomUUID()}`

/** Returns the mapping of a JSON register with rows of `AgreementRow`. */
const agreementMapping = (scheme: string, onEdited: 'keep' | 'replace') => `
scheme: ${scheme}
onEdited: ${onEdited}
records:
  agreements:
    id: id
    properties:
      title: title
      kind: =treaty
      parties: {each: parties, country: ., role: =party}
`

/**
 * Returns the mapping of a CSV register with a column `Id`, which is also the title of its records.
 * @param properties further lines of the mapping's properties.
 */
export const titledMapping = (
  scheme: string,
  { resource, kind, properties }: { resource: string; kind: string; properties: readonly string[] },
) => `scheme: ${scheme}
rows: {format: csv}
records:
  ${resource}:
    id: Id
    properties:
      title: Id
      kind: =${kind}
${properties.map((line) => `      ${line}\n`).join('')}`

/** Returns the mapping of a CSV register of treaties with one party each. */
export const treatyMapping = (scheme: string) => `scheme: ${scheme}
records:
  agreements:
    id: Id
    properties:
      title: Title
      kind: =treaty
      signedOn: Signed
      parties:
        - {country: Party, role: =party}
`

/** The header line of a file for `treatyMapping`. */
export const treatyHeader = 'Id,Title,Signed,Party'

/** Creates an import, whose file is passed to `continueImport`. @returns the id of the import. */
export async function createLocalImport(
  database: Database,
  mapping: string,
  { autoCommit }: { autoCommit: boolean },
): Promise<string> {
  const { id } = await database.transaction((tx) =>
    createImport(tx, {
      scheme: parseMapping(mapping, registry).scheme,
      mapping,
      autoCommit,
      // In this state, the importer of a service does not run the import: the file is not in the database.
      state: 'uploaded',
      actor: { kind: 'command', id: null, name: 'A test' },
      requestId: null,
    }),
  )
  return id
}

/**
 * Imports a file without a dry run or, if `autoCommit` is false, makes only its dry run.
 * @returns the import, finished or staged.
 */
export const importFile = (
  database: Database,
  mapping: string,
  name: string,
  content: string | Uint8Array,
  { autoCommit = true }: { autoCommit?: boolean } = {},
): Promise<ImportJob> =>
  withFile(name, content, async (file) =>
    continueImport(database, await createLocalImport(database, mapping, { autoCommit }), [file]),
  )

/** Makes the dry run of a CSV file with a mapping. @returns the staged import. */
export const checkCsv = (database: Database, mapping: string, csv: string): Promise<ImportJob> =>
  importFile(database, mapping, 'rows.csv', csv, { autoCommit: false })

/** Imports a CSV file with a mapping, without a dry run. @returns the import when it is done. */
export const importCsv = (database: Database, mapping: string, csv: string): Promise<ImportJob> =>
  importFile(database, mapping, 'rows.csv', csv)

/** Imports rows of agreements, without a dry run. @returns the import when it is done. */
export function importRows(
  database: Database,
  scheme: string,
  rows: AgreementRow[],
  { onEdited = 'keep' }: { onEdited?: 'keep' | 'replace' } = {},
): Promise<ImportJob> {
  const all = rows.map(({ id, title = `Agreement ${id}`, parties = ['China', 'Pakistan'] }) => ({
    id,
    title,
    parties,
  }))
  return importFile(database, agreementMapping(scheme, onEdited), 'rows.json', JSON.stringify(all))
}

/** Runs an import from its current state. @returns the import afterwards. @throws if the import has been deleted. */
export async function continueImport(
  database: Database,
  id: string,
  files: readonly LocalFile[] = [],
): Promise<ImportJob> {
  const { signal } = new AbortController()
  // While another process imports from the same register, an import waits.
  while (!(await runImport({ database, registry }, id, { signal, files }))) await delay(50)
  const job = await readImport(autocommitReads(database), id)
  if (!job) throw new Error('the import does not exist any more')
  return job
}

/** Commits a staged import over HTTP. @returns the import when it is done. */
export async function commit(api: Api, id: string): Promise<ImportJob> {
  const started = await api.post(`/v1/imports/${id}/commit`, undefined)
  expect(started.status, started.text).toBe(202)
  return continueImport(api.database, id)
}

/** Undoes an import. @returns the import afterwards. */
export async function undo(database: Database, job: ImportJob): Promise<ImportJob> {
  await database.transaction((tx) => changeImport(tx, job, { state: 'undoing' }))
  return continueImport(database, job.id)
}
