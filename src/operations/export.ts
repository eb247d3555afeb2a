import { finished, Readable } from 'node:stream'
import { z } from 'zod'
import type { CopySession } from '../database/database.ts'
import { beginPast } from '../database/past.ts'
import { withCrlf } from '../formats/csv.ts'
import { featureCollection, type Place } from '../formats/geojson.ts'
import { parseNdjson as jsonValues } from '../formats/ndjson.ts'
import { type SheetColumn, writeWorkbook } from '../formats/xlsx.ts'
import { propertiesOf } from '../model/document.ts'
import { getWords, invalidParameters, type Parameter, single } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { nameOutput } from '../model/schema-names.ts'
import { type Fault, Problem } from '../problems/problem.ts'
import {
  csvStatement,
  geojsonStatement,
  ndjsonStatement,
  sourcesStatement,
  xlsxStatement,
} from '../query/export.ts'
import { type FlatColumn, flatColumns, participantsProperty, type RowPer } from '../query/flat.ts'
import type { ListPlan } from '../query/list.ts'
import type { ApiRequest, ApiResponse, Context, FormatContract, HeaderContract } from './operation.ts'
import { memoizeByResource, recordOrSparseSchema } from './response-schemas.ts'

/** Exports: the whole result of a list or search as a file. */

const hasLocation = ({ bound }: Resource) =>
  Object.values(bound).some(({ field }) => field.capability?.kind === 'location')

const features = memoizeByResource((resource) =>
  nameOutput(
    `${resource.singular}Features`,
    z
      .strictObject({
        type: z.literal('FeatureCollection'),
        features: z.array(
          z.strictObject({
            type: z.literal('Feature'),
            id: z.string(),
            geometry: z
              .strictObject({ type: z.literal('Point'), coordinates: z.array(z.number()).min(2).max(3) })
              .nullable(),
            properties: recordOrSparseSchema(resource),
          }),
        ),
      })
      .meta({
        description: `GeoJSON (RFC 7946) of ${resource.name.replaceAll('-', ' ')}.`,
        examples: [{ type: 'FeatureCollection', features: [] }],
      }),
  ),
)

const textFormat = (mediaType: string, description: string): FormatContract => ({
  mediaType,
  schema: () => z.string().meta({ description }),
})

/** The export formats of a resource by name. GeoJSON needs a location. */
export const exportFormats = memoizeByResource(
  (resource): Record<string, FormatContract> => ({
    csv: textFormat('text/csv', 'A header line, then a line for each record (RFC 4180).'),
    ndjson: textFormat('application/x-ndjson', 'A line of JSON for each record.'),
    xlsx: {
      mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      schema: () => z.string().meta({ format: 'binary', description: 'A workbook.' }),
    },
    ...(hasLocation(resource) && {
      geojson: { mediaType: 'application/geo+json', schema: () => features(resource) },
    }),
  }),
)

/** Returns the query parameters of exports. */
export const exportParameters = (resource: Resource): Record<string, Parameter> => ({
  format: single(
    z.enum(['json', ...Object.keys(exportFormats(resource))]),
    'Format of the response; it takes precedence over `Accept`. `json` is a page, every other format the whole result.',
  ),
  ...(participantsProperty(resource) !== undefined && {
    per: single(
      z.enum(['record', 'participant']),
      'With `csv` and `xlsx`: a row for each record, or a row for each participant, which then has columns of its own.',
    ),
  }),
})

/** Contract of the response headers of an export. */
export const exportHeaders: Record<string, HeaderContract> = {
  'content-disposition': {
    description: 'File name of an export.',
    example: 'attachment; filename="agreements.csv"',
  },
}

/** Describes exports in the contract of a list or search. */
export const exportDescription =
  'Other formats than JSON return the whole result from one database snapshot, and refuse `limit`, `cursor` and `count`. If an export fails midway, the connection is cut, so that a transfer that ends normally is complete.'

const row = z.array(z.unknown())
const coordinate = z.number().nullable()
const placeRow = z.tuple([
  z.string(),
  z.looseObject({ latitude: coordinate, longitude: coordinate, elevationMetres: coordinate }).nullable(),
  z.unknown(),
])

async function* parseRows(source: AsyncIterable<Buffer>): AsyncGenerator<unknown[][]> {
  for await (const values of jsonValues(source)) yield values.map((value) => row.parse(value))
}

function parsePlace(value: unknown): Place {
  const [id, location, properties] = placeRow.parse(value)
  const { latitude = null, longitude = null, elevationMetres = null } = location ?? {}
  const position =
    latitude === null || longitude === null ? null : { latitude, longitude, elevation: elevationMetres }
  return { id, position, properties }
}

async function* parsePlaces(source: AsyncIterable<Buffer>): AsyncGenerator<Place[]> {
  for await (const values of jsonValues(source)) yield values.map(parsePlace)
}

const sheetColumns = (columns: FlatColumn[]): SheetColumn[] =>
  columns.map(({ name, kind }) => {
    if (kind === 'date') return { name, kind: 'day' }
    return { name, kind: kind === 'code' || kind === 'json' ? 'text' : kind }
  })

/** Runs the COPY of a second sheet when the first one has been read. */
async function* startLater(session: CopySession, statement: string): AsyncGenerator<unknown[][]> {
  yield* parseRows(await session.start(statement, 'copy (an export of sources)'))
}

function sourcesSheet(plan: ListPlan, session: CopySession) {
  const resource = plan.resource.registry.get('sources')
  const columns = flatColumns(resource, { fields: propertiesOf(resource), include: [] })
  const rows = startLater(session, sourcesStatement(plan, columns))
  return {
    name: resource === plan.resource ? 'cited sources' : resource.name,
    columns: sheetColumns(columns),
    rows,
  }
}

/** Writes a format: its COPY statement, and the conversion of PostgreSQL's bytes. */
interface Writer {
  statement: string
  write(source: Readable, session: CopySession): Readable
}

const toByteStream = (chunks: AsyncIterable<Buffer | string>) => Readable.from(chunks, { objectMode: false })

function createWriter(format: string, plan: ListPlan, per: RowPer): Writer {
  switch (format) {
    case 'csv':
      return {
        statement: csvStatement(plan, flatColumns(plan.resource, plan.representation, per), per),
        write: (source) => toByteStream(withCrlf(source)),
      }
    case 'xlsx': {
      const columns = flatColumns(plan.resource, plan.representation, per)
      const records = { name: plan.resource.name, columns: sheetColumns(columns) }
      return {
        statement: xlsxStatement(plan, columns, per),
        write: (source, session) =>
          writeWorkbook([{ ...records, rows: parseRows(source) }, sourcesSheet(plan, session)]),
      }
    }
    case 'geojson':
      return {
        statement: geojsonStatement(plan),
        write: (source) => toByteStream(featureCollection(parsePlaces(source))),
      }
    default:
      return { statement: ndjsonStatement(plan), write: toByteStream }
  }
}

/** Reads `per`. @throws Problem `invalid-parameter` for a format without rows, or fields without participants. */
function readPer(plan: ListPlan, request: ApiRequest): RowPer {
  const [per] = getWords(request.query, 'per')
  if (per !== 'participant') return 'record'
  const fault = (message: string) => invalidParameters([{ parameter: 'per', code: 'invalid', message }])
  if (request.format !== 'csv' && request.format !== 'xlsx')
    throw fault('is only allowed with the formats csv and xlsx')
  const list = participantsProperty(plan.resource)
  if (list === undefined || !plan.representation.fields.includes(list)) {
    throw fault(`needs "${list}" among the fields`)
  }
  return 'participant'
}

/** Returns a fault for each paging parameter of an export. `place` gives its parameter or pointer. */
export const pagingFaults = (names: string[], location: (name: string) => Partial<Fault>): Fault[] =>
  names.map((name) => ({
    ...location(name),
    code: 'not_with_export',
    message: 'applies to pages only: an export is always the whole result, so leave it out or use JSON',
  }))

/** Parameters of lists, and properties of searches, that an export refuses. */
export const pagingParameters = ['limit', 'cursor', 'count']

/**
 * Starts the COPY of an export and returns the bytes of the file. An error before the first bytes is thrown, so the client
 * gets a problem.
 */
async function startExport(
  writer: Writer,
  { resource, asOf }: ListPlan,
  request: ApiRequest,
  { exportDatabase, exportLimit }: Context,
): Promise<Readable> {
  const release = exportLimit.acquire(request.client)
  const gone = request.getAbortSignal()
  try {
    const session = await exportDatabase.copy(asOf === undefined ? '' : beginPast(asOf))
    try {
      const source = await session.start(writer.statement, `copy (an export of ${resource.name})`, gone)
      const body = writer.write(source, session)
      finished(body, (error) => {
        const ended = error ? session.abort() : session.close()
        // The response has ended or was cut, so an error here cannot be reported to the client.
        ended.catch(() => {}).finally(release)
      })
      return body
    } catch (error) {
      await session.abort()
      throw error
    }
  } catch (error) {
    release()
    if (gone.aborted)
      throw new Problem('timeout', 'The client disconnected before the export began.', { cause: error })
    throw error
  }
}

/**
 * Returns the response of an export: every matching record, in the plan's order, from one snapshot, now or in the past.
 * When reading fails midway, the body ends in an error, which cuts the transfer.
 * @throws Problem `busy` at the limit of concurrent exports; `invalid-parameter` where `per` does not apply.
 */
export async function exportResponse(
  plan: ListPlan,
  request: ApiRequest,
  context: Context,
): Promise<ApiResponse> {
  const { resource } = plan
  const format = exportFormats(resource)[request.format]
  if (!format) throw new Error(`${resource.name} have no format ${request.format}`)
  const writer = createWriter(request.format, plan, readPer(plan, request))
  const body =
    request.method === 'HEAD' ? Readable.from([]) : await startExport(writer, plan, request, context)
  return {
    status: 200,
    headers: { 'content-disposition': `attachment; filename="${resource.name}.${request.format}"` },
    type: request.format === 'csv' ? `${format.mediaType}; charset=utf-8; header=present` : format.mediaType,
    body,
  }
}

/** Refuses `per` on a page of JSON. @throws Problem `invalid-parameter`. */
export function refusePer(plan: ListPlan, request: ApiRequest): void {
  readPer(plan, request)
}
