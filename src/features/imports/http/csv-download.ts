import { Readable } from 'node:stream'
import { z } from 'zod'
import { type DatabaseClient, singleReads } from '../../../database/database.ts'
import { anyFile, type Endpoint } from '../../../operations/operation.ts'
import { type ImportRecord, readImport } from '../store.ts'
import { baseContract, importCollection, importNotFound, readProblems, tag } from './contract.ts'

/** A CSV file about an import. */
interface CsvDownload {
  /** Name of the file in the path and in the download, such as `rejected` for `/v1/imports/{id}/rejected.csv`. */
  name: string
  operationId: string
  summary: string
  description: string
  /** Yields the text of the file in pieces, the header first. */
  write(database: DatabaseClient, imported: ImportRecord): AsyncGenerator<string>
}

/** Returns the endpoint `GET /v1/imports/{id}/{name}.csv`, which sends a file while it is written. */
export const csvDownload = ({ name, operationId, summary, description, write }: CsvDownload): Endpoint => ({
  method: 'GET',
  path: `/v1/imports/{id}/${name}.csv`,
  tag,
  collection: importCollection,
  contract: {
    ...baseContract,
    operationId,
    summary,
    description,
    mediaType: anyFile,
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
    const imported = await readImport(singleReads(database), key)
    if (!imported) throw importNotFound(key)
    return {
      status: 200,
      headers: { 'content-disposition': `attachment; filename="${name}-${key}.csv"` },
      type: 'text/csv; charset=utf-8; header=present',
      body: Readable.from(method === 'HEAD' ? [] : write(database, imported)),
    }
  },
})
