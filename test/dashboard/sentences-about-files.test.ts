import { describe, expect, it } from 'vitest'
import { createTranslator } from '../../src/dashboard/i18n/sentences.ts'
import chinese from '../../src/dashboard/i18n/sentences.zh.json' with { type: 'json' }
import { readLimits } from '../../src/features/imports/reading/limits.ts'
import { makeXlsx, messageOf, readContent, textRow } from '../support/import-files.ts'

/** Translations of the messages about imported files that cannot be read. */

const translate = createTranslator(chinese)

describe('Chinese sentences', () => {
  it.each([
    ['a.csv', ''],
    ['a.csv', '<!DOCTYPE html><html></html>'],
    ['a.xlsx', 'PK\u0003\u0004'],
    ['a.csv', 'Name,Name\n1,2\n'],
    ['a.json', '[{"a": 1'],
    ['a.json', '[{"a": +}]'],
    ['a.json', '{"a": {}, "b": []}'],
    ['a.json', '{"a": {"P1": {}}}'],
    ['a.json', '[{}] []'],
    ['a.json', '[{},]'],
    ['a.xml', '<a/>'],
    ['a.xml', '<a><b>'],
    ['a.xml', '<!DOCTYPE a><a><b/></a>'],
    ['a.pdf', '%PDF-1.4'],
    ['a.dbf', '\u0003'],
    ['a.rtf', '{\\rtf1'],
  ])('exist for a file that cannot be read: %s %s', async (name, content) => {
    const message = await messageOf(readContent(name, content))
    expect(translate(message), message).toBeDefined()
  })

  const twoSheets = {
    'xl/workbook.xml':
      '<workbook xmlns:r="r"><sheets><sheet name="Cover" r:id="rId1"/><sheet name="Data" r:id="rId1"/></sheets></workbook>',
  }
  it.each([
    [makeXlsx(''), {}],
    [makeXlsx(''), { header: 3 }],
    [makeXlsx('', twoSheets), {}],
    [makeXlsx('', twoSheets), { header: 3 }],
  ])('exist for a sheet without column names (%#)', async (file, options) => {
    const message = await messageOf(readContent('a.xlsx', file, options))
    expect(translate(message), message).toBeDefined()
  })

  it('exist for JSON that repeats the property of its list', async () => {
    const message = await messageOf(readContent('a.json', '{"a": [], "a": []}', { path: '/a' }))
    expect(translate(message), message).toMatch(/重复了属性 \/a。/)
  })

  it('exist for JSON with an object in place of its list', async () => {
    const message = await messageOf(readContent('a.json', '{"a": {"P1": {}}}', { path: '/a' }))
    expect(translate(message), message).toMatch(/\/a 处是对象/)
  })

  const half = 'x'.repeat(readLimits.rowCharacters / 2 + 1)
  it.each([
    ['a line of NDJSON', 'a.ndjson', `{"a": 1}\n{"a": "${half}${half}`],
    ['a row of a sheet', 'a.xlsx', makeXlsx(`${textRow('A', 'B')}${textRow(half, half)}`)],
    ['the columns of a sheet', 'a.xlsx', makeXlsx(`${textRow('A')}<row><c r="XFD2"><v>1</v></c></row>`)],
  ])('exist for a file that exceeds a limit: %s', async (_name, name, content) => {
    const message = await messageOf(readContent(name, content))
    expect(translate(message), message).toBeDefined()
  })

  const notUtf8 = Buffer.from('Déjà\n', 'latin1')
  it.each([
    ['a line is UTF-8', Buffer.concat([Buffer.from('Name\nCafé\n'), notUtf8]), {}],
    [
      'a byte is invalid in windows-1252',
      Buffer.from('Name\nA\u0081\n', 'latin1'),
      { encoding: 'windows-1252' },
    ],
  ])('exist for a file that mixes encodings: %s', async (_name, content, options) => {
    const message = await messageOf(readContent('a.csv', content, options))
    expect(message).toMatch(/mixes encodings/)
    expect(translate(message), message).toBeDefined()
  })
})
