import { buffer } from 'node:stream/consumers'
import ExcelJS from 'exceljs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberStyle } from '../../../src/features/imports/reading/xlsx/parts.ts'
import { formatSerial } from '../../../src/features/imports/reading/xlsx/serial.ts'
import { writeWorkbook } from '../../../src/formats/xlsx.ts'
import { convertContent } from '../../support/conversion.ts'
import { makeXlsx, messageOf, readContent, textRow } from '../../support/import-files.ts'

const makeWorkbook = async (fillIn: (workbook: ExcelJS.Workbook) => void): Promise<Uint8Array> => {
  const workbook = new ExcelJS.Workbook()
  fillIn(workbook)
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

describe('the reader of XLSX', () => {
  it('reads texts, numbers, dates, rich texts and stored values of formulas', async () => {
    const file = await makeWorkbook((workbook) => {
      const sheet = workbook.addWorksheet('Register')
      sheet.addRow(['title', 'amount', 'signed', 'rich', 'formula', 'flag'])
      sheet.addRow([
        'Accord',
        1234.5,
        new Date('2011-04-05T00:00:00Z'),
        { richText: [{ text: 'a ' }, { text: 'b' }] },
        { formula: '1+1', result: 2 },
        true,
      ])
    })
    const { fileInfo, rows } = await readContent('file.xlsx', file)
    expect(fileInfo).toMatchObject({
      format: 'xlsx',
      sheet: 'Register',
      columns: ['title', 'amount', 'signed', 'rich', 'formula', 'flag'],
    })
    expect(rows).toEqual([
      {
        number: 2,
        locator: 'sheet Register, row 2',
        values: {
          title: 'Accord',
          amount: 1234.5,
          signed: '2011-04-05',
          rich: 'a b',
          formula: 2,
          flag: true,
        },
      },
    ])
  })

  it('reads the sheet that the mapping names, and suggests the most similar name', async () => {
    const file = await makeWorkbook((workbook) => {
      workbook.addWorksheet('Notes').addRow(['x'])
      workbook.addWorksheet('Treaties').addRows([['title'], ['Accord']])
    })
    const { rows } = await readContent('file.xlsx', file, { sheet: 'Treaties' })
    expect(rows.map(({ values }) => values)).toEqual([{ title: 'Accord' }])
    expect(await messageOf(readContent('file.xlsx', file, { sheet: 'Treatys' }))).toContain(
      'did you mean "Treaties"?',
    )
    const first = await readContent('file.xlsx', file)
    expect(first.fileInfo.notes.join()).toContain('2 visible sheets, of which the first is read')
  })

  it('names an empty first sheet, and the other sheets that can be read', async () => {
    const file = await makeWorkbook((workbook) => {
      for (const name of ['Cover', 'Treaties', 'Codes'])
        workbook.addWorksheet(name).addRows(name === 'Cover' ? [] : [['title'], ['Accord']])
    })
    const hint = 'To read another sheet, set rows.sheet in the mapping, such as to "Treaties", "Codes".'
    expect(await messageOf(readContent('file.xlsx', file))).toBe(
      `The sheet "Cover" has no row with the names of the columns. ${hint}`,
    )
    expect(await messageOf(readContent('file.xlsx', file, { header: 3 }))).toBe(
      `The sheet "Cover" has no row 3. Set rows.header to the number of the row with the column names. ${hint}`,
    )
    expect(await messageOf(readContent('file.xlsx', makeXlsx('')))).toBe(
      'The sheet "Data" has no row with the names of the columns.',
    )
  })

  it('leaves out sheets that have only a chart, even the first one', async () => {
    const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
    const parts = {
      'xl/workbook.xml':
        '<workbook xmlns:r="r"><sheets><sheet name="Chart" r:id="rId1"/><sheet name="Data" r:id="rId2"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${type}/chartsheet" Target="chartsheets/sheet1.xml"/>
        <Relationship Id="rId2" Type="${type}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      'xl/chartsheets/sheet1.xml': '<chartsheet><sheetViews/></chartsheet>',
    }
    const row = '<row><c><v>1</v></c><c><v>2</v></c></row>'
    const file = makeXlsx(row + row, parts)
    const { fileInfo, rows } = await readContent('file.xlsx', file)
    expect(fileInfo).toMatchObject({ sheet: 'Data', notes: [] })
    expect(rows.map(({ values }) => values)).toEqual([{ 1: 1, 2: 2 }])
    expect(await messageOf(readContent('file.xlsx', file, { sheet: 'Chart' }))).toContain('no sheet "Chart"')
  })

  it('reads gaps, inline texts, escaped characters, and cells without references', async () => {
    const file = makeXlsx(
      `${textRow('a', 'b', 'c')}
       <row r="4"><c r="A4"><v>1</v></c><c r="C4" t="inlineStr"><is><t>x_x000A_y</t></is></c></row>`,
    )
    const { rows } = await readContent('file.xlsx', file)
    expect(rows).toEqual([{ number: 4, locator: 'sheet Data, row 4', values: { a: 1, b: null, c: 'x\ny' } }])
  })

  it('reads each text as an export wrote it, even with control characters and escapes', async () => {
    const texts = ['line 1\r\nline 2', 'a_x0041_b', '_x005F_x000D_', '\u0001\u001f\ufffe', ' \t中文_x']
    const columns = texts.map((_, index) => ({ name: `text ${index}`, kind: 'text' as const }))
    async function* exportedRows() {
      yield [texts]
    }
    const file = await buffer(writeWorkbook([{ name: 'Texts', columns, rows: exportedRows() }]))
    const { rows } = await readContent('export.xlsx', file)
    expect(Object.values(rows[0]?.values ?? {})).toEqual(texts)
  })

  it('decodes the escapes in the stored text of a formula', async () => {
    const cell = (text: string) => `<row><c t="str"><f>A1</f><v>${text}</v></c></row>`
    const { rows } = await readContent('file.xlsx', makeXlsx(cell('title') + cell('x_x000D_y')))
    expect(rows.map(({ values }) => values)).toEqual([{ title: 'x\ry' }])
  })

  it('reads rows whose last cells are empty, and refuses values beyond the header', async () => {
    const file = await makeWorkbook((workbook) => {
      workbook
        .addWorksheet('Data')
        .addRows([['id', 'title', 'note'], [1, 'Accord'], [2], [3, 'Pact', null, 'x']])
    })
    const { rows } = await readContent('file.xlsx', file)
    expect(rows.map(({ values }) => values)).toMatchObject([
      { id: 1, title: 'Accord', note: null },
      { id: 2, title: null, note: null },
      { id: 3 },
    ])
    expect(rows.map(({ fault }) => fault?.detail)).toEqual([
      undefined,
      undefined,
      'The row has 4 values, and the header 3 columns. Extra values: x. Name these columns in the header, or remove the values.',
    ])
  })

  it('notes that it finds only one column, which may be a title above the column names', async () => {
    const file = await makeWorkbook((workbook) => {
      workbook
        .addWorksheet('Treaties')
        .addRows([['Treaties of the ministry'], ['id', 'title'], [1, 'Accord']])
    })
    expect((await readContent('file.xlsx', file)).fileInfo.notes).toEqual([
      expect.stringContaining('set rows.header in the mapping'),
    ])
    expect((await readContent('file.xlsx', file, { header: 2 })).fileInfo.notes).toEqual([])
  })

  it('notes that formulas without a stored value are read as empty', async () => {
    const header = '<row r="1"><c><v>1</v></c><c><v>2</v></c></row>'
    const notesOf = async (cells: string) => {
      const { fileInfo, rows } = await readContent(
        'file.xlsx',
        makeXlsx(`${header}<row r="2">${cells}</row>`),
      )
      expect(rows.map(({ values }) => values)).toEqual([{ 1: 5, 2: null }])
      return fileInfo.notes
    }
    for (const formula of ['<f>A2*2</f>', '<f>A2*2</f><v></v>']) {
      expect(await notesOf(`<c><v>5</v></c><c>${formula}</c>`)).toEqual([
        expect.stringContaining('The formula of the cell B2 has no stored value'),
      ])
    }
    // The stored value of this formula is an empty text.
    expect(await notesOf('<c><f>2+3</f><v>5</v></c><c t="str"><f>LEFT(A2,0)</f><v></v></c>')).toEqual([])
  })

  it('converts serial days to dates in both date systems of Excel', () => {
    expect([1, 59, 60, 61, 40_179, 2_958_465].map((day) => formatSerial(day, '1900'))).toEqual([
      '1900-01-01',
      '1900-02-28',
      undefined,
      '1900-03-01',
      '2010-01-01',
      '9999-12-31',
    ])
    expect([
      formatSerial(38_717, '1904'),
      formatSerial(40_179.4375, '1900'),
      formatSerial(0.5, '1900'),
    ]).toEqual(['2010-01-01', '2010-01-01T10:30:00', '12:00:00'])
  })

  it('counts the days before March 1900 as the program that wrote the file does', async () => {
    const styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    const days = [-115_859, -115_858, -18_198, 2, 60, 61]
    const cells = days.map((day) => `<row><c s="1"><v>${day}</v></c></row>`).join('')
    const daysOf = async (application: string) => {
      const parts = {
        'xl/styles.xml': styles,
        'docProps/app.xml': `<Properties><Application>${application}</Application></Properties>`,
      }
      const file = makeXlsx(`${textRow('day')}${cells}`, parts)
      return (await readContent('file.xlsx', file)).rows.map(({ values }) => values.day)
    }
    // LibreOffice shows days before 1582-10-15 in the Julian calendar, so the first number stays a number.
    const early = [-115_859, '1582-10-15', '1850-03-04']
    expect(await daysOf('LibreOffice/7.4')).toEqual([...early, '1900-01-01', '1900-02-28', '1900-03-01'])
    expect(await daysOf('Microsoft Excel')).toEqual([...early, '1900-01-02', 60, '1900-03-01'])
  })

  it.each([
    ['1904', '<workbookPr date1904="1"/>', '39176'],
    ['1900', '<workbookPr/>', '40638'],
  ])('finds the date system for `date: excel` and suggestions: %s', async (_, properties, serial) => {
    const file = makeXlsx(
      `${textRow('id', 'a', 'b', 'c')}
      <row><c><v>1</v></c><c s="1"><v>${serial}</v></c><c><v>${serial}</v></c><c><v>${serial}</v></c></row>`,
      {
        'xl/workbook.xml': `<workbook xmlns:r="r">${properties}<sheets><sheet name="Data" r:id="rId1"/></sheets></workbook>`,
        'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
      },
    )
    const mapping = `scheme: x
records:
  agreements:
    id: id
    properties:
      title: id
      kind: =treaty
      signedOn: a
      inForceFrom: { from: b, date: excel }
      adoptedOn: { from: c, onBadValue: drop }`
    const [row] = await convertContent(mapping, 'file.xlsx', file)
    expect(row).toMatchObject({
      drafts: [{ document: { signedOn: '2011-04-05', inForceFrom: '2011-04-05' } }],
      dropped: [{ suggestion: '2011-04-05' }],
    })
  })

  it('converts no serial number beyond the date system, or that rounds to the year 10000', () => {
    const lastTime = (seconds: number) => formatSerial(2_958_465 + seconds / 86_400, '1900')
    expect([86_399, 86_399.6].map(lastTime)).toEqual(['9999-12-31T23:59:59', undefined])
    const numbers = [2_957_003, 2_957_004, Number.POSITIVE_INFINITY, Number.NaN, -1]
    const days = numbers.map((serial) => formatSerial(serial, '1904'))
    expect(days).toEqual(['9999-12-31', undefined, undefined, undefined, undefined])
  })

  it('converts serial numbers below 1 to times, and the last half second of a day to midnight', () => {
    expect([0.999_98, 0.999_999].map((serial) => formatSerial(serial, '1900'))).toEqual([
      '23:59:58',
      '00:00:00',
    ])
  })

  it('reads days from March 1900 on as exceljs wrote them', async () => {
    const days = fc.uniqueArray(
      fc.date({ min: new Date('1900-03-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      { minLength: 50, maxLength: 50 },
    )
    await fc.assert(
      fc.asyncProperty(days, async (dates) => {
        const texts = dates.map((date) => date.toISOString().slice(0, 10))
        const file = await makeWorkbook((workbook) => {
          workbook
            .addWorksheet('Days')
            .addRows([['day'], ...texts.map((text) => [new Date(`${text}T00:00:00Z`)])])
        })
        const { rows } = await readContent('file.xlsx', file)
        expect(rows.map(({ values }) => values.day)).toEqual(texts)
      }),
      { numRuns: 5 },
    )
  })

  it('reads numbers as their cells show them: months, percentages, leading zeros, 15 digits', async () => {
    const cells: [shown: unknown, value: number | Date, format: string][] = [
      ['2011-04', new Date('2011-04-01'), 'mmm-yy'],
      ['2011-04', new Date('2011-04-01'), 'yyyy"年"m"月"'],
      ['2011', new Date('2011-01-01'), 'yyyy'],
      // Somebody has entered a day, although the cell does not show it.
      ['2011-04-05', new Date('2011-04-05'), 'mmmm yyyy'],
      ['2011-04-01', new Date('2011-04-01'), 'yyyy'],
      ['2011-04-01', new Date('2011-04-01'), 'dd.mm.yyyy'],
      [40, 0.4, '0%'],
      [12.5, 0.125, '0.0%'],
      [7, 0.07, '#,##0.00%'],
      ['00123', 123, '00000'],
      ['1234567', 1_234_567, '00000'],
      [0.5, 0.5, '00'],
      [5, 5, '0'],
      [3.3, 3.3000000000000003, 'General'],
      [1_234_567_890_123_456, 1_234_567_890_123_456, '0'],
    ]
    const file = await makeWorkbook((workbook) => {
      const sheet = workbook.addWorksheet('Formats')
      sheet.addRow(['value'])
      for (const [, value, numFmt] of cells) sheet.addRow([value]).getCell(1).numFmt = numFmt
    })
    const { rows } = await readContent('file.xlsx', file)
    expect(rows.map(({ values }) => values.value)).toEqual(cells.map(([shown]) => shown))
  })

  it.each([27, 34, 36, 50, 52, 55, 57])(
    'notes that the format %i shows a day or a month by the language of the program',
    async (format) => {
      const read = (serial: number, formatCode?: string) => {
        const own = formatCode
          ? `<numFmts><numFmt numFmtId="${format}" formatCode="${formatCode}"/></numFmts>`
          : ''
        const styles = `<styleSheet>${own}<cellXfs><xf numFmtId="0"/><xf numFmtId="${format}"/></cellXfs></styleSheet>`
        const cells = `${textRow('signed', 'note')}<row r="2"><c s="1"><v>${serial}</v></c></row>`
        return readContent('file.xlsx', makeXlsx(cells, { 'xl/styles.xml': styles }))
      }
      const first = await read(40_634)
      expect(first.rows[0]?.values.signed).toBe('2011-04-01')
      expect(first.fileInfo.notes).toEqual([
        expect.stringMatching(/^The cell A2 shows a day or only a month, .* give them the format yyyy-mm/),
      ])
      const other = await read(40_635)
      expect([other.rows[0]?.values.signed, other.fileInfo.notes]).toEqual(['2011-04-02', []])
      const stated = await read(40_634, 'yyyy&quot;年&quot;m&quot;月&quot;')
      expect([stated.rows[0]?.values.signed, stated.fileInfo.notes]).toEqual(['2011-04', []])
    },
  )

  it('notes that a number has more digits than spreadsheet programs keep', async () => {
    const notesOf = async (number: number) => {
      const file = await makeWorkbook((workbook) => {
        workbook.addWorksheet('Ids').addRows([
          ['id', 'title'],
          [1, 'a'],
          [number, 'b'],
          [number, 'c'],
        ])
      })
      return (await readContent('file.xlsx', file)).fileInfo.notes
    }
    expect(await notesOf(1_234_567_890_123_460)).toEqual([
      expect.stringContaining('The number in the cell A3 has more than 15 digits'),
    ])
    expect(await notesOf(999_999_999_999_999)).toEqual([])
  })

  it('reads a hidden sheet only if the mapping names it', async () => {
    const file = await makeWorkbook((workbook) => {
      workbook.addWorksheet('Codes', { state: 'hidden' }).addRows([['code'], ['a']])
      workbook.addWorksheet('Treaties').addRows([
        ['id', 'title'],
        [1, 'Accord'],
      ])
    })
    const { fileInfo, rows } = await readContent('file.xlsx', file)
    expect(fileInfo).toMatchObject({ sheet: 'Treaties', notes: [] })
    expect(rows.map(({ values }) => values)).toEqual([{ id: 1, title: 'Accord' }])
    const named = await readContent('file.xlsx', file, { sheet: 'Codes' })
    expect(named.rows.map(({ values }) => values)).toEqual([{ code: 'a' }])
  })

  it('names a sheet to read if all sheets are hidden', async () => {
    const file = await makeWorkbook((workbook) => {
      workbook.addWorksheet('Codes', { state: 'hidden' }).addRows([['code'], ['a']])
    })
    expect(await messageOf(readContent('file.xlsx', file))).toMatch(/ are hidden\. .* such as "Codes"\.$/)
  })

  // `date` also means times, and parts of dates other than a year or a month with its year.
  it.each([
    ['d-mmmm-yy', 'date'],
    ['yyyy\\-mm\\-dd', 'date'],
    ['[$-409]m/d/yy h:mm;@', 'date'],
    ['h:mm', 'date'],
    ['mmmm', 'date'],
    ['Q\\ yyyy', 'date'],
    ['mm/yyyy', 'month'],
    ['"FY"yyyy', 'year'],
    ['[h]:mm', undefined],
    ['General', undefined],
    ['#,##0.00_);[Red]\\(#,##0.00\\)', undefined],
    ['"day "0', undefined],
    ['0.00E+00', undefined],
    ['0.0%', 'percentage'],
    ['000', { digits: 3 }],
  ])('recognizes what a number format shows: %s', (format, style) => {
    expect(numberStyle(format)).toEqual(style)
  })
})
