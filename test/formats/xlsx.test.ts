// @module-tag slow

import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { arrayBuffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import exceljs from 'exceljs'
import { expect, it } from 'vitest'
import { type SheetColumn, writeWorkbook } from '../../src/formats/xlsx.ts'

it('a workbook requests rows only as fast as it is read, so that memory stays bounded', async () => {
  const batches = 400
  let requestedBatches = 0
  async function* rows() {
    for (; requestedBatches < batches; requestedBatches += 1) {
      // As with rows from a database, earlier rows have time to be flushed.
      await setImmediate()
      // Random data is hardly compressible, so it fills the buffers, whose sizes depend on the version of Node.js.
      yield Array.from({ length: 50 }, () => [randomBytes(300).toString('base64')])
    }
  }
  const workbook = writeWorkbook([{ name: 'rows', columns: [{ name: 'text', kind: 'text' }], rows: rows() }])
  const waitUntilIdle = async () => {
    for (let before = -1; before !== requestedBatches; ) {
      before = requestedBatches
      for (let turn = 0; turn < 200; turn += 1) await setImmediate()
    }
  }
  await waitUntilIdle()
  expect(requestedBatches).toBeGreaterThan(0)
  expect(requestedBatches).toBeLessThan(batches / 4)
  // Once the stream is read, all rows are requested.
  for await (const _ of workbook);
  expect(requestedBatches).toBe(batches)
})

/** Writes one cell to a workbook, and reads it. */
async function writeCell(value: string, kind: SheetColumn['kind']): Promise<unknown> {
  const table = { name: 'rows', columns: [{ name: 'cell', kind }], rows: Readable.from([[[value]]]) }
  const book = new exceljs.Workbook()
  await book.xlsx.load(await arrayBuffer(writeWorkbook([table])))
  return book.worksheets[0]?.getCell('A2').value
}

it('days before 1900-03-01 are written as text: spreadsheets disagree on their serial numbers', async () => {
  expect(await writeCell('1900-02-28', 'edtf')).toBe('1900-02-28')
  expect(await writeCell('1900-03-01', 'edtf')).toEqual(new Date('1900-03-01'))
  expect(await writeCell('1900-03-01T00:00:00.000Z', 'instant')).toEqual(new Date('1900-03-01'))
})

it('a truncated text ends with a whole character', async () => {
  // Before the ellipsis, the limit of 32,767 code units leaves room for the "a", 16,382 emojis and half of one.
  const text = `a${'😀'.repeat(20_000)}`
  expect(await writeCell(text, 'text')).toBe(`a${'😀'.repeat(16_382)}…`)
})
