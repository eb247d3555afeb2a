import { z } from 'zod'
import { booleanText, type Parameter, singleValueParameter } from '../../model/parameters.ts'
import { type CheckedQuery, getStringValues, invalidParameters } from '../../model/query-string.ts'
import type { Resource } from '../../model/resource.ts'
import type { Problem } from '../../problems/problem.ts'
import { findLocationField } from '../../query/export.ts'
import { participantsProperty, type RowUnit } from '../../query/flat.ts'
import type { Representation } from '../../query/representation.ts'
import { contentLanguage, languageParameter } from '../language.ts'
import { fileMediaType, type OperationContract, type ResponseContract } from '../operation.ts'

/** What the contracts of the two exports share: the export of a list, and that of a search. */

/** The `Content-Type` of the files, by the names of the formats. */
export const exportMediaTypes = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  geojson: 'application/geo+json',
  iati: 'application/xml; charset=utf-8',
  ics: 'text/calendar; charset=utf-8',
} as const

/** File name extensions that differ from the names of the formats. */
const fileExtensions: Partial<Record<ExportFormat, string>> = { iati: 'xml' }

/** The name of an export format. */
export type ExportFormat = keyof typeof exportMediaTypes

/** Returns the name of the file of an export. */
export const exportFileName = ({ name }: Resource, format: ExportFormat): string =>
  `${name}.${fileExtensions[format] ?? format}`

/** The formats of every resource. */
const commonFormats = ['csv', 'ndjson', 'xlsx'] as const

const tableFormats: readonly ExportFormat[] = ['csv', 'xlsx']

/** Whether the files of a format are tables, which can have a row for each participant. */
export const isTable = (format: ExportFormat): boolean => tableFormats.includes(format)

/** Returns the problem of a parameter that only tables have. */
export const onlyForTables = (parameter: string): Problem =>
  invalidParameters([
    { parameter, code: 'invalid', message: `is only allowed with the formats ${tableFormats.join(' and ')}` },
  ])

/** Whether a format defines its own properties, so that the parameters `fields` and `include` do not apply. */
export const hasFixedProperties = (format: ExportFormat): boolean => format === 'iati' || format === 'ics'

/** Returns the schema of the export formats. GeoJSON requires locations; IATI and iCalendar are declared by the resource. */
export const exportFormats = (resource: Resource) =>
  z.enum([
    ...commonFormats,
    ...(findLocationField(resource) ? (['geojson'] as const) : []),
    ...(resource.iatiRoles ? (['iati'] as const) : []),
    ...(resource.calendar ? (['ics'] as const) : []),
  ])

/** Returns the parameters of the file itself. Other parameters, or the body, select its records and their properties. */
export const fileParameters = (resource: Resource): Record<string, Parameter> => ({
  format: {
    ...singleValueParameter(exportFormats(resource), 'Format of the file.'),
    isRequired: true,
  },
  names: singleValueParameter(
    booleanText,
    'With `csv` and `xlsx`: whether a column of names follows each column of codes; `true` when left out.',
  ),
  ...languageParameter('the names'),
  ...(participantsProperty(resource) !== undefined && {
    per: singleValueParameter(
      z.enum(['record', 'participant']),
      'With `csv` and `xlsx`: a row for each record, or a row for each participant, with columns about it; `record` when left out.',
    ),
  }),
})

/**
 * Returns what a row of a file represents, according to the parameter `per`.
 * @throws Problem `invalid-parameter` if the format is not a table, or a row per participant needs participants that the fields lack.
 */
export function readRowUnit(
  resource: Resource,
  { fields }: Representation,
  format: ExportFormat,
  query: CheckedQuery,
): RowUnit {
  const [per] = getStringValues(query, 'per')
  if (per !== undefined && !isTable(format)) throw onlyForTables('per')
  if (per !== 'participant') return 'record'
  const property = participantsProperty(resource)
  if (property !== undefined && fields.includes(property)) return 'participant'
  throw invalidParameters([
    { parameter: 'per', code: 'invalid', message: `needs "${property}" among the fields` },
  ])
}

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

/** The properties that do not differ between the contracts of the two exports. */
export const fileContract = {
  path: '/export',
  scope: 'collection',
  access: 'read',
  cache: false,
  mediaType: fileMediaType,
  responses: { 200: fileResponse },
} satisfies Partial<OperationContract>
