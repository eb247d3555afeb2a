import { z } from 'zod'
import { type Parameter, single, truth } from '../../model/parameters.ts'
import type { Resource } from '../../model/resource.ts'
import { participantsProperty } from '../../query/flat.ts'
import { contentLanguage, languageParameter } from '../language.ts'
import { anyFile, type OperationContract, type ResponseContract } from '../operation.ts'

/** The contract that the exports of a list and of a search share. */

/** Media types of the files, by the names of the formats. */
const mediaTypes = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  geojson: 'application/geo+json',
  iati: 'application/xml; charset=utf-8',
  ics: 'text/calendar; charset=utf-8',
} as const

/** Ends of file names that differ from the names of the formats. */
const fileEnds: Partial<Record<ExportFormat, string>> = { iati: 'xml' }

/** The name of an export format. */
export type ExportFormat = keyof typeof mediaTypes

/** The name of a file. */
export const exportFileName = ({ name }: Resource, format: ExportFormat): string =>
  `${name}.${fileEnds[format] ?? format}`

/** The `Content-Type` of a format's files. */
export const exportMediaType = (format: ExportFormat): string => mediaTypes[format]

const formats = ['csv', 'ndjson', 'xlsx'] as const

/** Whether the files of a format are tables, which can have a row for each participant. */
export const isTable = (format: ExportFormat): boolean => format === 'csv' || format === 'xlsx'

const hasLocation = ({ bound }: Resource) =>
  Object.values(bound).some(({ field }) => ['location', 'locations'].includes(field.capability?.kind ?? ''))

/** Whether a format has properties of its own, so that the parameters `fields` and `include` have no meaning there. */
export const isWhole = (format: ExportFormat): boolean => format === 'iati' || format === 'ics'

/** The formats of a resource's exports. GeoJSON needs locations, IATI activities, and iCalendar dates of a calendar. */
export const exportFormats = (resource: Resource) =>
  z.enum([
    ...formats,
    ...(hasLocation(resource) ? (['geojson'] as const) : []),
    ...(resource.activity ? (['iati'] as const) : []),
    ...(resource.calendar ? (['ics'] as const) : []),
  ])

/** Returns the parameters of a file beside those that select its records. */
export const fileParameters = (resource: Resource): Record<string, Parameter> => ({
  format: {
    ...single(exportFormats(resource), 'Format of the file.'),
    presence: 'required',
  },
  names: single(
    truth,
    'With `csv` and `xlsx`: whether each column of codes is followed by one of the names of what they refer to; `true` when left out.',
  ),
  ...languageParameter('the names'),
  ...(participantsProperty(resource) !== undefined && {
    per: single(
      z.enum(['record', 'participant']),
      'With `csv` and `xlsx`: a row for each record, or a row for each participant, which then has columns of its own.',
    ),
  }),
})

const fileResponse: ResponseContract = {
  description: 'A file: text in UTF-8, or for `xlsx` a workbook.',
  schema: () => z.string().meta({ format: 'binary' }),
  headers: {
    'content-disposition': {
      description: 'Name of the file.',
      example: 'attachment; filename="agreements.csv"',
    },
    'content-language': contentLanguage,
  },
}

/** What the contracts of both exports state alike. */
export const fileContract = {
  path: '/export',
  of: 'all',
  access: 'read',
  cache: false,
  mediaType: anyFile,
  responses: { 200: fileResponse },
} satisfies Partial<OperationContract>
