import { finished, Readable } from 'node:stream'
import { z } from 'zod'
import type { CopySession } from '../database/database.ts'
import { beginPast } from '../database/past.ts'
import { withCrlf } from '../formats/csv.ts'
import { featureCollection, type Place } from '../formats/geojson.ts'
import { valuesOf as jsonValues } from '../formats/ndjson.ts'
import { type SheetColumn, workbookOf } from '../formats/xlsx.ts'
import { propertiesOf } from '../model/document.ts'
import { invalid, type Parameter, single, wordsOf } from '../model/parameters.ts'
import type { Resource } from '../model/resource.ts'
import { nameOutput } from '../model/schema-names.ts'
import { type Fault, Problem } from '../problems/problem.ts'
import { copyCells, copyDocuments, copyPlaces, copySources, copyTable } from '../query/export.ts'
import { type FlatColumn, flatColumns, participantsProperty, type RowPer } from '../query/flat.ts'
import type { ListPlan } from '../query/list.ts'
import { memo, wholeOrSparse } from './answers.ts'
import type { ApiRequest, ApiResponse, Context, FormatContract, HeaderContract } from './operation.ts'

/** The whole result of a list or search, instead of a page of it. */

const hasLocation = ({ bound }: Resource) =>
  Object.values(bound).some(({ field }) => field.capability?.kind === 'location')

const features = memo((resource) =>
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
            properties: wholeOrSparse(resource),
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

/** The formats that a resource's lists and searches can be had in besides pages of JSON, by their words. */
export const exportFormats = memo(
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

/** The parameters of exports. */
export const exportParameters = (resource: Resource): Record<string, Parameter> => ({
  format: single(
    z.enum(['json', ...Object.keys(exportFormats(resource))]),
    'Format of the answer, before what `Accept` says: `json` is a page, everything else the whole result.',
  ),
  ...(participantsProperty(resource) !== undefined && {
    per: single(
      z.enum(['record', 'participant']),
      'With `csv` and `xlsx`: a row for each record, or one for each participant, with columns of its own.',
    ),
  }),
})

/** What exports answer besides. */
export const exportHeaders: Record<string, HeaderContract> = {
  'content-disposition': {
    description: 'File name of an export.',
    example: 'attachment; filename="agreements.csv"',
  },
}

/** The sentence of a contract that says what exports are. */
export const exportDescription =
  'In another format than JSON it answers the whole result, as of one moment, without `limit`, `cursor` and `count`; a transfer that fails midway is cut and never ends cleanly.'

const row = z.array(z.unknown())
const coordinate = z.number().nullable()
const placeRow = z.tuple([
  z.string(),
  z.looseObject({ latitude: coordinate, longitude: coordinate, elevationMetres: coordinate }).nullable(),
  z.unknown(),
])

async function* rowsOf(source: AsyncIterable<Buffer>): AsyncGenerator<unknown[][]> {
  for await (const values of jsonValues(source)) yield values.map((value) => row.parse(value))
}

function placeOf(value: unknown): Place {
  const [id, place, properties] = placeRow.parse(value)
  const { latitude = null, longitude = null, elevationMetres = null } = place ?? {}
  const position =
    latitude === null || longitude === null ? null : { latitude, longitude, elevation: elevationMetres }
  return { id, position, properties }
}

async function* placesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Place[]> {
  for await (const values of jsonValues(source)) yield values.map(placeOf)
}

const sheetColumns = (columns: FlatColumn[]): SheetColumn[] =>
  columns.map(({ name, kind }) => {
    if (kind === 'date') return { name, kind: 'day' }
    return { name, kind: kind === 'code' || kind === 'json' ? 'text' : kind }
  })

/** The statement that a second table begins with, run when the first is read. */
async function* later(session: CopySession, statement: string): AsyncGenerator<unknown[][]> {
  yield* rowsOf(await session.start(statement, 'copy (an export of sources)'))
}

function sourcesOf(plan: ListPlan, session: CopySession) {
  const resource = plan.resource.registry.get('sources')
  const columns = flatColumns(resource, { fields: propertiesOf(resource), include: [] })
  const rows = later(session, copySources(plan, columns))
  return {
    name: resource === plan.resource ? 'cited sources' : resource.name,
    columns: sheetColumns(columns),
    rows,
  }
}

/** How a format is written: what PostgreSQL is asked for, and what becomes of its bytes. */
interface Writer {
  statement: string
  write(source: Readable, session: CopySession): Readable
}

const bytesOf = (chunks: AsyncIterable<Buffer | string>) => Readable.from(chunks, { objectMode: false })

function writerOf(format: string, plan: ListPlan, per: RowPer): Writer {
  switch (format) {
    case 'csv':
      return {
        statement: copyTable(plan, flatColumns(plan.resource, plan.representation, per), per),
        write: (source) => bytesOf(withCrlf(source)),
      }
    case 'xlsx': {
      const columns = flatColumns(plan.resource, plan.representation, per)
      const records = { name: plan.resource.name, columns: sheetColumns(columns) }
      return {
        statement: copyCells(plan, columns, per),
        write: (source, session) =>
          workbookOf([{ ...records, rows: rowsOf(source) }, sourcesOf(plan, session)]),
      }
    }
    case 'geojson':
      return {
        statement: copyPlaces(plan),
        write: (source) => bytesOf(featureCollection(placesOf(source))),
      }
    default:
      return { statement: copyDocuments(plan), write: bytesOf }
  }
}

/** What `per` asks for. @throws Problem `invalid-parameter` where there are no rows that it could mean. */
function perOf(plan: ListPlan, request: ApiRequest): RowPer {
  const [per] = wordsOf(request.query, 'per')
  if (per !== 'participant') return 'record'
  const fault = (message: string) => invalid([{ parameter: 'per', code: 'invalid', message }])
  if (request.format !== 'csv' && request.format !== 'xlsx') throw fault('goes with the formats csv and xlsx')
  const list = participantsProperty(plan.resource)
  if (list === undefined || !plan.representation.fields.includes(list)) {
    throw fault(`needs "${list}" among the fields`)
  }
  return 'participant'
}

/** The faults of asking for pages of an export, each at its place. */
export const pagingFaults = (names: string[], place: (name: string) => Partial<Fault>): Fault[] =>
  names.map((name) => ({
    ...place(name),
    code: 'not_with_export',
    message: 'is of pages: an export is always the whole result, so leave it out or ask for JSON',
  }))

/** Parameters and properties of a request that are about pages. */
export const paging = ['limit', 'cursor', 'count']

/**
 * Starts the COPY of an export and returns its bytes in the format. Errors until the first bytes can still be answered as a
 * problem.
 */
async function start(
  writer: Writer,
  { resource, asOf }: ListPlan,
  request: ApiRequest,
  { database, longReads }: Context,
): Promise<Readable> {
  const release = await longReads.tryAcquire()
  const gone = request.gone()
  try {
    const session = await database.copy(asOf === undefined ? '' : beginPast(asOf))
    try {
      const source = await session.start(writer.statement, `copy (an export of ${resource.name})`, gone)
      const body = writer.write(source, session)
      finished(body, (error) => {
        const ended = error ? session.abort() : session.close()
        // All of it was sent, or the client has seen that it was not: nobody is left to receive an error.
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
      throw new Problem('timeout', 'The client left before the export began.', { cause: error })
    throw error
  }
}

/**
 * The answer to a request whose format is not pages of JSON: everything that the plan matches, in its order, as it is at
 * one moment, now or in the past. The body ends in an error, which cuts the transfer, when it could not be read to the end.
 * @throws Problem `busy` when as many exports run as may; `invalid-parameter` for `per` where it makes no sense.
 */
export async function exportAnswer(
  plan: ListPlan,
  request: ApiRequest,
  context: Context,
): Promise<ApiResponse> {
  const { resource } = plan
  const format = exportFormats(resource)[request.format]
  if (!format) throw new Error(`${resource.name} have no format ${request.format}`)
  const writer = writerOf(request.format, plan, perOf(plan, request))
  const body = request.method === 'HEAD' ? Readable.from([]) : await start(writer, plan, request, context)
  return {
    status: 200,
    headers: { 'content-disposition': `attachment; filename="${resource.name}.${request.format}"` },
    type: request.format === 'csv' ? `${format.mediaType}; charset=utf-8; header=present` : format.mediaType,
    body,
  }
}

/** @throws Problem `invalid-parameter` for `per` on a page of JSON. */
export function requireNoRows(plan: ListPlan, request: ApiRequest): void {
  perOf(plan, request)
}
