import { expect, it } from 'vitest'
import { makeZip, messageOf, readContent } from '../../support/import-files.ts'

/** A table of dBASE with one column and 400 rows. */
const table = Buffer.concat([
  Buffer.from('037e011f9001000041000b00', 'hex'),
  Buffer.alloc(20),
  Buffer.from('TITLE'.padEnd(11, '\0')),
  Buffer.from('C'.padEnd(21, '\0')),
  Buffer.from(' Treaty 123'.repeat(400)),
])

const explanation = 'is a dBASE table (DBF). Open it in a spreadsheet program, and save it as XLSX.'

it('a dBASE table is refused with an explanation, even if its name is that of a CSV file', async () => {
  expect(await messageOf(readContent('file.csv', table))).toBe(`The file file.csv ${explanation}`)
})

it('a dBASE table whose header is damaged is recognized by its name', async () => {
  const damaged = Buffer.from(table.toString('latin1').replaceAll('\0', ' '), 'latin1')
  expect(await messageOf(readContent('FILE.DBF', damaged))).toBe(`The file FILE.DBF ${explanation}`)
})

it('a CSV file with the name of a dBASE table is read as CSV', async () => {
  expect((await readContent('file.dbf', 'id,name\n1,First\n')).fileInfo.format).toBe('csv')
})

it('a CSV file in UTF-16 with the name of a dBASE table is read as CSV', async () => {
  const utf16 = Buffer.from('\ufeffid,name\n1,First\n', 'utf16le')
  expect((await readContent('file.dbf', utf16)).fileInfo.format).toBe('csv')
})

it('a CSV file in UTF-16 without a byte order mark is read if the mapping states the encoding', async () => {
  const utf16 = Buffer.from('id,name\n1,First\n', 'utf16le')
  expect((await readContent('file.dbf', utf16, { encoding: 'utf-16le' })).fileInfo.format).toBe('csv')
})

it('a ZIP archive with the name of a dBASE table is refused as not XLSX', async () => {
  const message = await messageOf(readContent('file.dbf', makeZip({ 'a.txt': 'A' })))
  expect(message).not.toContain('dBASE')
  expect(message).toContain('XLSX')
})
