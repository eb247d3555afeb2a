import { finished, Readable } from 'node:stream'
import { pastSetup } from '../../database/past.ts'
import { getStringValues, invalidParameters } from '../../model/query-string.ts'
import { Problem } from '../../problems/problem.ts'
import type { Selection } from '../../query/list.ts'
import { invalidSearch } from '../../query/search.ts'
import { withLanguageHeaders } from '../language.ts'
import type { ApiRequest, ApiResponse, Context } from '../operation.ts'
import {
  type ExportFormat,
  exportFileName,
  exportFormats,
  exportMediaTypes,
  hasFixedProperties,
  isTable,
  onlyForTables,
  readRowUnit,
} from './contract.ts'
import { createWriter, type Writer } from './writers.ts'

/** Refuses `fields` and `include` for a format with fixed properties. @throws Problem `invalid-parameter` or `invalid-search`. */
function refuseUnusedRepresentation(format: ExportFormat, { query, body }: ApiRequest): void {
  if (!hasFixedProperties(format)) return
  const names = ['fields', 'include']
  const inQuery = names.filter((name) => getStringValues(query, name).length > 0)
  const inBody = names.filter((name) => typeof body === 'object' && body !== null && name in body)
  const fault = {
    code: 'invalid',
    message: `is not allowed with the format ${format}, which has fixed properties`,
  }
  if (inQuery.length > 0) throw invalidParameters(inQuery.map((parameter) => ({ ...fault, parameter })))
  if (inBody.length > 0) throw invalidSearch(inBody.map((name) => ({ ...fault, pointer: `/${name}` })))
}

/**
 * Returns whether the file has columns of names, according to the parameter `names`.
 * @throws Problem `invalid-parameter` if the request has the parameter and the format is not a table.
 */
function readNames(format: ExportFormat, { query }: ApiRequest): boolean {
  const [names] = getStringValues(query, 'names')
  if (names !== undefined && !isTable(format)) throw onlyForTables('names')
  return isTable(format) && names !== 'false'
}

/**
 * Starts the COPY of an export and returns the bytes of the file. An error before the first bytes is thrown, so the client
 * gets a problem.
 */
async function startExport(
  writer: Writer,
  { resource, asOf }: Selection,
  request: ApiRequest,
  { exportDatabase, exportLimit }: Context,
): Promise<Readable> {
  const release = exportLimit.acquire(request.client)
  const disconnected = request.getAbortSignal()
  try {
    const session = await exportDatabase.copy(asOf === undefined ? '' : pastSetup(asOf))
    try {
      const source = await session.start(
        writer.statement,
        `copy (an export of ${resource.name})`,
        disconnected,
      )
      const body = writer.write(source, session)
      finished(body, (error) => {
        // A complete export no longer counts while its session closes, so that the client can start the next one immediately.
        if (!error) release()
        const ended = error ? session.abort() : session.close()
        // The response has ended or was aborted, so an error here cannot be reported to the client.
        ended.catch(() => {}).finally(release)
      })
      return body
    } catch (error) {
      await session.abort()
      throw error
    }
  } catch (error) {
    release()
    // Nobody receives this problem. Its status, 408, causes no error line in the log: the service has not failed.
    if (disconnected.aborted)
      throw new Problem('timeout', 'The client disconnected before the export began.', { cause: error })
    throw error
  }
}

/**
 * Returns the response of an export: one file with all selected records, from one snapshot, now or in the past. If
 * reading fails midway, the body ends with an error, which aborts the transfer.
 * @throws Problem `rate-limited` at the limit of concurrent exports of the client or its group; `busy` at that of all clients;
 * `invalid-parameter` or `invalid-search` if a parameter or a property of the search does not apply; `timeout` if the client
 * disconnects before the export begins.
 */
export async function exportResponse(
  selection: Selection,
  request: ApiRequest,
  context: Context,
): Promise<ApiResponse> {
  const { resource } = selection
  const format = exportFormats(resource).parse(getStringValues(request.query, 'format')[0])
  refuseUnusedRepresentation(format, request)
  const language = readNames(format, request) ? request.language : undefined
  const writer = createWriter(format, selection, {
    per: readRowUnit(resource, selection.representation, format, request.query),
    language,
    publisher: context.publisher,
  })
  // HEAD runs no COPY, and needs no place among the concurrent exports.
  const body =
    request.method === 'HEAD' ? Readable.from([]) : await startExport(writer, selection, request, context)
  const response = {
    status: 200,
    headers: { 'content-disposition': `attachment; filename="${exportFileName(resource, format)}"` },
    type: exportMediaTypes[format],
    body,
  }
  return language ? withLanguageHeaders(response, language) : response
}
