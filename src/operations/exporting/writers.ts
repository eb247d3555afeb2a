import { Readable } from 'node:stream'
import { z } from 'zod'
import type { CopySession } from '../../database/database.ts'
import { withCrlf } from '../../formats/csv.ts'
import { type LocatedRecord, writeFeatureCollection } from '../../formats/geojson.ts'
import { writeActivityFile } from '../../formats/iati.ts'
import { parseNdjson } from '../../formats/ndjson.ts'
import { type SheetColumn, writeWorkbook } from '../../formats/xlsx.ts'
import type { Language } from '../../model/languages.ts'
import type { Resource } from '../../model/resource.ts'
import {
  csvStatement,
  geojsonStatement,
  iatiStatement,
  ndjsonStatement,
  omittedDatesStatement,
  sourcesStatement,
  xlsxStatement,
} from '../../query/export.ts'
import { type FlatColumn, flatColumns, type RowUnit } from '../../query/flat.ts'
import type { Selection } from '../../query/list.ts'
import { wholeRepresentation } from '../../query/representation.ts'
import { passInSlices } from '../../time-slice.ts'
import type { Publisher } from '../operation.ts'
import { toActivity } from './activity.ts'
import { writeCalendarFile } from './calendar.ts'
import type { ExportFormat } from './contract.ts'

/** Writes the file of one export. */
export interface Writer {
  /** The first COPY statement. */
  statement: string
  /** Converts the output of `statement` to the bytes of the file. @param session runs further COPY statements. */
  write(source: Readable, session: CopySession): Readable
}

const row = z.array(z.unknown())
const coordinate = z.number().nullable()
const locatedRow = z.tuple([
  z.string(),
  z.array(
    z.looseObject({ latitude: coordinate, longitude: coordinate, elevationMetres: coordinate }).nullable(),
  ),
  z.unknown(),
])

async function* parseRows(source: AsyncIterable<Buffer>): AsyncGenerator<unknown[][]> {
  for await (const values of parseNdjson(source)) yield values.map((value) => row.parse(value))
}

function parseLocatedRecord(value: unknown): LocatedRecord {
  const [id, locations, properties] = locatedRow.parse(value)
  const positions = locations.flatMap((location) => {
    const { latitude = null, longitude = null, elevationMetres = null } = location ?? {}
    return latitude === null || longitude === null
      ? []
      : [{ latitude, longitude, elevation: elevationMetres }]
  })
  return { id, positions, properties }
}

async function* parseLocatedRecords(source: AsyncIterable<Buffer>): AsyncGenerator<LocatedRecord[]> {
  for await (const values of parseNdjson(source)) yield values.map(parseLocatedRecord)
}

const sheetColumns = (columns: FlatColumn[]): SheetColumn[] =>
  columns.map(({ name, kind }) => {
    if (kind === 'date') return { name, kind: 'edtf' }
    return { name, kind: kind === 'code' || kind === 'json' ? 'text' : kind }
  })

/** Yields the rows of the second sheet. Its COPY starts when the first row is requested, after the first sheet has been read. */
async function* copySources(session: CopySession, statement: string): AsyncGenerator<unknown[][]> {
  yield* parseRows(await session.start(statement, 'copy (an export of sources)'))
}

function sourcesSheet(selection: Selection, session: CopySession) {
  const resource = selection.resource.registry.get('sources')
  const columns = flatColumns(resource, wholeRepresentation(resource))
  const rows = copySources(session, sourcesStatement(selection, columns))
  return {
    name: resource === selection.resource ? 'cited sources' : resource.name,
    columns: sheetColumns(columns),
    rows,
  }
}

async function* parseActivities(
  source: AsyncIterable<Buffer>,
  resource: Resource,
  publisher: Publisher,
  today: string,
) {
  for await (const values of parseNdjson(source))
    yield values.map((value) => toActivity(value, resource, publisher, today))
}

function toActivityFile(source: AsyncIterable<Buffer>, resource: Resource, publisher: Publisher) {
  const generatedAt = new Date().toISOString()
  return writeActivityFile(
    parseActivities(source, resource, publisher, generatedAt.slice(0, 10)),
    generatedAt,
  )
}

/** Returns a stream of bytes that pauses for other requests, however fast PostgreSQL and the client are. */
const toByteStream = (chunks: AsyncIterable<Buffer | string>) =>
  Readable.from(passInSlices(chunks), { objectMode: false })

/** Options of the writers. */
export interface WriterOptions {
  /** Whether a table has a row for each record or for each participant. */
  per: RowUnit
  publisher: Publisher
  /** Language of the columns of names, each of which follows a column of codes; undefined for a file without columns of names. */
  language: Language | undefined
}

/** Returns the writer of a file with the selected records. */
export function createWriter(
  format: ExportFormat,
  selection: Selection,
  { per, language, publisher }: WriterOptions,
): Writer {
  const { resource, representation } = selection
  switch (format) {
    case 'csv':
      return {
        statement: csvStatement(selection, flatColumns(resource, representation, per, language), per),
        write: (source) => toByteStream(withCrlf(source)),
      }
    case 'xlsx': {
      const columns = flatColumns(resource, representation, per, language)
      const records = { name: resource.name, columns: sheetColumns(columns) }
      return {
        statement: xlsxStatement(selection, columns, per),
        write: (source, session) =>
          writeWorkbook([{ ...records, rows: parseRows(source) }, sourcesSheet(selection, session)]),
      }
    }
    case 'geojson':
      return {
        statement: geojsonStatement(selection),
        write: (source) => toByteStream(writeFeatureCollection(parseLocatedRecords(source))),
      }
    case 'iati':
      return {
        statement: iatiStatement(selection),
        write: (source) => toByteStream(toActivityFile(source, resource, publisher)),
      }
    case 'ics':
      return {
        statement: omittedDatesStatement(selection),
        write: (source, session) => toByteStream(writeCalendarFile(selection, publisher, source, session)),
      }
    case 'ndjson':
      return { statement: ndjsonStatement(selection), write: toByteStream }
  }
}
