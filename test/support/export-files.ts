import exceljs from 'exceljs'
import { expect } from 'vitest'
import type { Api } from './api.ts'
import type { Document } from './documents.ts'

/** Parsers of export files, and the forms in which these files write values. */

/** Returns the cells of CSV by RFC 4180. @throws when a line does not end with CRLF. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    const [, quoted, plain = '', end] = match
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === '\r\n') rows.push([])
    if (cell.lastIndex === text.length) return rows.slice(0, -1)
  }
  throw new Error('not CSV with CRLF at the end of every line')
}

/** Returns the rows of CSV as objects whose keys are the names in the header. */
export function readCsvObjects(text: string): Record<string, string>[] {
  const [header = [], ...rows] = readCsv(text)
  return rows.map((row) => {
    expect(row.length).toBe(header.length)
    return Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']))
  })
}

/** Returns the records of NDJSON. */
export const readNdjson = (text: string): Document[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

/** Downloads an XLSX file and parses it. @throws if the response has another status than 200. */
export async function openWorkbook(api: Api, path: string): Promise<exceljs.Workbook> {
  const response = await fetch(`${api.origin}${path}`)
  if (response.status !== 200)
    throw new Error(`${path} returned ${response.status}: ${await response.text()}`)
  const book = new exceljs.Workbook()
  await book.xlsx.load(await response.arrayBuffer())
  return book
}

/** Returns the value of a cell; of a rich text, only the text. */
const plainValue = (value: exceljs.CellValue): exceljs.CellValue =>
  value !== null && typeof value === 'object' && 'richText' in value
    ? value.richText.map(({ text }) => text).join('')
    : value

/** Returns the cells of a sheet, row by row. */
export const rowsIn = (sheet: exceljs.Worksheet | undefined): exceljs.CellValue[][] => {
  const rows: exceljs.CellValue[][] = []
  sheet?.eachRow((row) => {
    rows.push(Array.isArray(row.values) ? Array.from(row.values.slice(1), plainValue) : [])
  })
  return rows
}

/** Returns a value as the text of a cell, which is empty for null. */
export const cellText = (value: unknown) => (value === null || value === undefined ? '' : String(value))

/** The media types of export formats. */
export const mediaTypes = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  geojson: 'application/geo+json',
}

/** Returns a text as CSV exports write it: with an apostrophe before each start of a formula, even after `;` or a line break. */
export const withEscapedFormulas = (text: string) =>
  text.replaceAll(/(^|;[\s"]*|(?<=[\r\n][ \t"]*)(?!\s))([=+\-@\t\r\n＝＋－＠])/g, "$1'$2")
