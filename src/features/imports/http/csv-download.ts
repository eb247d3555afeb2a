import { Readable } from 'node:stream'
import { z } from 'zod'
import { autocommitReads, type DatabaseClient } from '../../../database/database.ts'
import { type Endpoint, fileMediaType } from '../../../operations/operation.ts'
import { type ImportJob, requireImport } from '../store.ts'
import { baseContract, importCollection, readProblems, tag } from './contract.ts'

/** A CSV file about an import. */
interface CsvDownload {
  /** Name of the file in the path and in the download, such as `rejected` for `/v1/imports/{id}/rejected.csv`. */
  name: string
  operationId: string
  summary: string
  description: string
  /** Yields the text of the file in chunks, the header first. */
  stream(database: DatabaseClient, job: ImportJob): AsyncGenerator<string>
}

/** Returns the endpoint `GET /v1/imports/{id}/{name}.csv`, which streams a file. */
export const csvDownload = ({ name, operationId, summary, description, stream }: CsvDownload): Endpoint => ({
  method: 'GET',
  path: `/v1/imports/{id}/${name}.csv`,
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId,
    summary,
    description,
    mediaType: fileMediaType,
    responses: {
      200: {
        description: 'CSV in UTF-8.',
        schema: () => z.string().meta({ format: 'binary', description: 'CSV with a header.' }),
        headers: {},
      },
    },
    problems: readProblems,
  },
  async handle({ key, method }, { database }) {
    const job = await requireImport(autocommitReads(database), key)
    return {
      status: 200,
      headers: { 'content-disposition': `attachment; filename="${name}-${key}.csv"` },
      type: 'text/csv; charset=utf-8; header=present',
      body: Readable.from(method === 'HEAD' ? [] : stream(database, job)),
    }
  },
})
