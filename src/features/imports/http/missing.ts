import type { DatabaseClient } from '../../../database/database.ts'
import type { Registry } from '../../../model/registry.ts'
import type { Endpoint } from '../../../operations/operation.ts'
import { safeCsv } from '../../../query/safe-csv.ts'
import { listMissing, type MissingRecord } from '../missing.ts'
import { readNames } from '../record-names.ts'
import type { ImportJob } from '../store.ts'
import { csvDownload } from './csv-download.ts'

/** Number of records that are read together. */
const pageSize = 1000

/** Yields the records that the file of an import lacks, as CSV: resource, key, external id, and name. */
export async function* streamMissing(
  database: DatabaseClient,
  registry: Registry,
  { id }: Pick<ImportJob, 'id'>,
): AsyncGenerator<string> {
  yield safeCsv([['resource', 'key', 'id', 'name']])
  for (let after: MissingRecord | undefined; ; ) {
    const page = await listMissing(database, id, { after, limit: pageSize })
    after = page.at(-1)
    if (!after) return
    const getName = await readNames(database, registry, page, 'en')
    yield safeCsv(page.map((record) => [record.resource, record.key, record.externalId, getName(record)]))
  }
}

/** `GET /v1/imports/{id}/missing.csv` */
export const missingRecords = (registry: Registry): Endpoint =>
  csvDownload({
    name: 'missing',
    operationId: 'getMissingRecords',
    summary: 'Read the missing records of an import as CSV',
    description:
      'The records that earlier imports from the same register wrote and that the file of this import lacks: resource, key, external id (in this register), and name. The import does not change them. The dry run and the commit find them.',
    stream: (database, job) => streamMissing(database, registry, job),
  })
