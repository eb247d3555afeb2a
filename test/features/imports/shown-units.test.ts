import { describe, expect, it } from 'vitest'
import { numberUnit } from '../../../src/features/imports/reading/xlsx/parts.ts'
import { makeXlsx, readContent, textRow } from '../../support/import-files.ts'

/** Reads a sheet with the number 5 in a cell of the column `amount` for each number format. */
const readAmounts = (formats: readonly string[]) => {
  const escaped = formats.map((format) => format.replaceAll('"', '&quot;'))
  const own = escaped.map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${code}"/>`)
  const cellFormats = formats.map((_, index) => `<xf numFmtId="${164 + index}"/>`)
  const styles = `<styleSheet><numFmts>${own.join('')}</numFmts><cellXfs><xf numFmtId="0"/>${cellFormats.join('')}</cellXfs></styleSheet>`
  const cells = formats.map((_, index) => `<row r="${index + 2}"><c s="${index + 1}"><v>5</v></c></row>`)
  return readContent(
    'file.xlsx',
    makeXlsx(`${textRow('amount', 'note')}${cells.join('')}`, { 'xl/styles.xml': styles }),
  )
}

describe('the format of a number in XLSX', () => {
  it.each([
    ['[$€-407] #,##0.00', '€'],
    ['_("$"* #,##0.00_)', '$'],
    ['$#,##0_);[Red]($#,##0)', '$'],
    ['#,##0\\ "万元"', '万元'],
    ['[$-409]#,##0.00', ''],
    ['"("0\\-0")"', ''],
    ['"'.repeat(300), ''],
  ])('has the currency sign or unit that it shows, or an empty text: %s', (format, unit) => {
    expect(numberUnit(format)).toBe(unit)
  })

  it('gets a note if cells of a column show different signs or units, which are not read', async () => {
    const { rows, fileInfo } = await readAmounts(['0.0', '"€" 0', '0', '"US$"0', '0" million"'])
    expect(rows.map(({ values }) => values.amount)).toEqual([5, 5, 5, 5, 5])
    expect(fileInfo.notes).toEqual([
      expect.stringMatching(/^The cells A3 and A5 show "€" and "US\$" beside their numbers\./),
    ])
  })

  it('gets no note if all cells of a column that show a sign show the same one', async () => {
    expect((await readAmounts(['"€" 0', '0', '#,##0.00 "€"'])).fileInfo.notes).toEqual([])
  })
})
