import { z } from 'zod'
import { describe } from '../descriptions.ts'
import type { FileFormat } from '../types.ts'

/** Where the rows of a file are, and how the file is written. The description of an option states its default, if it has one. */
export const rowOptions = z.strictObject({
  format: describe(
    z.enum(['csv', 'xlsx', 'json', 'ndjson', 'xml']).optional(),
    'Format of the file. Default: detected.',
  ),
  encoding: describe(
    z.string().max(40).optional(),
    'Character encoding, such as windows-1252. Default: detected.',
  ),
  delimiter: describe(z.string().length(1).optional(), 'CSV: character between values. Default: detected.'),
  quote: describe(
    z.union([z.string().length(1), z.literal('none')]).optional(),
    'CSV: character around values that contain a delimiter, or `none` if a quote is always a part of the value. Default: detected.',
  ),
  sheet: describe(z.string().max(100).optional(), 'XLSX: name of the sheet. Default: the first visible one.'),
  header: describe(
    z.union([z.int().min(1).max(1000), z.literal('none')]).optional(),
    'Number of the row (XLSX) or line (CSV) with the column names. With `none`, the columns are named A, B, C. Default: the first row that is not empty.',
  ),
  fillDown: describe(
    z.array(z.string().max(500)).max(100).optional(),
    'CSV and XLSX: columns whose empty values take the value of the row above, as for merged cells, even if it belongs to another record.',
  ),
  groupBy: describe(
    z.string().max(500).optional(),
    'Neighbouring rows with the same value in this column (or property or element) become one row, which has the values of the first row and, as its value `rows`, a list of all these rows for `each: rows`.',
  ),
  path: describe(
    z.string().max(1000).optional(),
    'JSON and XML: where the rows are, such as /results or /iati-activities/iati-activity. Default: the list at the top, or the children of the root element.',
  ),
})

/** Options of reading rows. */
export type RowOptions = z.output<typeof rowOptions>

/** The formats to which an option applies; absent for an option that applies to all of them. */
const formatsOfOptions: Partial<Record<keyof RowOptions, readonly FileFormat[]>> = {
  encoding: ['csv', 'json', 'ndjson', 'xml'],
  delimiter: ['csv'],
  quote: ['csv'],
  sheet: ['xlsx'],
  header: ['csv', 'xlsx'],
  fillDown: ['csv', 'xlsx'],
  path: ['json', 'xml'],
}

/** Returns the names of the given options that do not apply to a format, such as `rows.sheet` for JSON. */
export const ignoredOptions = (options: RowOptions, format: FileFormat | undefined): string[] =>
  rowOptions
    .keyof()
    .options.filter(
      (name) =>
        options[name] !== undefined &&
        format !== undefined &&
        formatsOfOptions[name]?.includes(format) === false,
    )
    .map((name) => `rows.${name}`)

/** Pattern of an option in a message, such as `rows.header`. The name of a file, such as `rows.csv`, does not match. */
const option = `\\brows\\.(?:${Object.keys(rowOptions.shape).join('|')})\\b`
const anyOption = new RegExp(option)
const orSetOption = new RegExp(`, or set ${option}[^.]*`)

/** Returns a message without the advice to set options of `rows`, which code lists and files of decisions lack. */
export const withoutRowOptions = (message: string): string =>
  message
    .replace(orSetOption, '')
    .replace(/; rows\.path can be .*/s, '. Save the list alone.')
    .split(/(?<=\.) /)
    .filter((sentence) => !anyOption.test(sentence))
    .join(' ')
