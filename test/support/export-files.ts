import exceljs from 'exceljs'
import { expect } from 'vitest'
import type { Api } from './api.ts'
import type { Document } from './documents.ts'

/** Whole results in other formats than pages of JSON. */

/** Reads CSV as RFC 4180 has it, and nothing laxer. */
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

/** The rows of CSV by the names in its header. */
export function tableOf(text: string): Record<string, string>[] {
  const [header = [], ...rows] = readCsv(text)
  return rows.map((row) => {
    expect(row.length).toBe(header.length)
    return Object.fromEntries(header.map((name, at) => [name, row[at] ?? '']))
  })
}

export const linesOf = (text: string): Document[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))

export async function workbook(api: Api, path: string): Promise<exceljs.Workbook> {
  const response = await fetch(`${api.origin}${path}`)
  const book = new exceljs.Workbook()
  await book.xlsx.load(await response.arrayBuffer())
  return book
}

export const rowsIn = (sheet: exceljs.Worksheet | undefined): exceljs.CellValue[][] => {
  const rows: exceljs.CellValue[][] = []
  sheet?.eachRow((row) => {
    rows.push(Array.isArray(row.values) ? row.values.slice(1) : [])
  })
  return rows
}

export const cellText = (value: unknown) => (value === null || value === undefined ? '' : String(value))

export const media = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  geojson: 'application/geo+json',
}

export const disarmed = (text: string) => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text)
