// @module-tag slow

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readRows } from '../../../src/features/imports/reading/index.ts'
import { rowOptions } from '../../../src/features/imports/reading/options.ts'
import { openTable } from '../../../src/features/imports/reading/table.ts'
import {
  countOpenFiles,
  makeXlsx,
  makeZip,
  messageOf,
  readContent,
  textRow,
  withFile,
} from '../../support/import-files.ts'
import { measureProcessorTimeMs } from '../../support/processor-time.ts'

/** Maximum growth of memory while a file is read, in MiB. */
const maxGrowthMib = 160

/** Reads a file that `write` has filled. @returns the error message, and the growth of memory in MiB. */
async function readLarge(name: string, write: (descriptor: number) => void) {
  return withFile(name, '', async (file) => {
    const descriptor = openSync(file.path, 'w')
    write(descriptor)
    closeSync(descriptor)
    const before = process.memoryUsage().rss
    let highest = before
    const timer = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage().rss)
    }, 5)
    const message = await messageOf(
      (async () => {
        for await (const batch of (await readRows(file, {})).batches) expect(batch.length).toBeGreaterThan(0)
      })(),
    )
    clearInterval(timer)
    return { message, growthMib: (highest - before) / 1024 ** 2 }
  })
}

const fill = (descriptor: number, sizeMib: number, text: string) => {
  const mebibyte = text.repeat(Math.ceil(1024 ** 2 / text.length))
  for (let index = 0; index < sizeMib; index += 1) writeSync(descriptor, mebibyte)
}

describe('a line, value or element that never ends', () => {
  it.each([
    ['CSV', 'file.csv', 'a,b\n"1', 'more than 8,388,608 characters'],
    ['NDJSON', 'file.ndjson', '{"a":"', 'more than 8,388,608 characters'],
    ['JSON', 'file.json', '[{"a":"', 'more than 8,388,608 characters'],
    ['XML', 'file.xml', '<r><a>', 'more than 8,388,608 characters'],
    ['an XML attribute', 'file.xml', '<r><a b="', 'more than 8,388,608 characters'],
  ])('stops the reading of %s with bounded memory', { timeout: 60_000 }, async (_, name, start, expected) => {
    const { message, growthMib } = await readLarge(name, (descriptor) => {
      writeSync(descriptor, start)
      fill(descriptor, 300, 'x ')
    })
    expect(message).toContain(expected)
    expect(growthMib).toBeLessThan(maxGrowthMib)
  })

  it('is refused as binary if it consists of NUL bytes, as in a sparse file', async () => {
    const { message } = await readLarge('file.csv', (descriptor) => ftruncateSync(descriptor, 2 ** 30))
    expect(message).toContain('binary')
  })
})

describe('a CSV file of little more than delimiters or line breaks', () => {
  it('is refused with bounded memory if a line has endless delimiters', { timeout: 60_000 }, async () => {
    const { message, growthMib } = await readLarge('file.csv', (descriptor) => {
      writeSync(descriptor, 'a,b\n')
      fill(descriptor, 50, ',')
    })
    expect(message).toContain('The row that begins on line 2 has more than 8,388,608 characters')
    expect(growthMib).toBeLessThan(2 * maxGrowthMib)
  })

  it('lets other work run while its empty rows are read', { timeout: 60_000 }, async () => {
    // Processor time, since other programs may delay this one.
    const nowMs = () => process.cpuUsage().user / 1000
    let [lastMs, longestMs] = [nowMs(), 0]
    const timer = setInterval(() => {
      const timeMs = nowMs()
      longestMs = Math.max(longestMs, timeMs - lastMs)
      lastMs = timeMs
    }, 1)
    await readContent('file.csv', `a,b\n1,2${'\r'.repeat(130_000)}`)
    clearInterval(timer)
    // Reading all of them in one step takes more than four seconds.
    expect(longestMs).toBeLessThan(1500)
  })
})

describe('a ZIP bomb', () => {
  it('is refused before it is fully decompressed, with bounded memory', { timeout: 60_000 }, async () => {
    const bomb = makeXlsx(textRow(' '.repeat(200 * 1024 ** 2)))
    expect(bomb.length).toBeLessThan(1024 ** 2)
    const { message, growthMib } = await readLarge('file.xlsx', (descriptor) => writeSync(descriptor, bomb))
    expect(message).toMatch(/decompresses to more than|characters without a tag/)
    expect(growthMib).toBeLessThan(maxGrowthMib)
  })

  it('of shared strings is refused', { timeout: 60_000 }, async () => {
    const strings = `<sst>${`<si><t>${'x'.repeat(1000)}</t></si>`.repeat(80_000)}</sst>`
    const file = makeXlsx('<row><c t="s"><v>0</v></c></row>', { 'xl/sharedStrings.xml': strings })
    expect(await messageOf(readContent('file.xlsx', file))).toMatch(/decompresses to more|characters of text/)
  })
})

describe('a row of XLSX', () => {
  const text = (size: number) => `<t>${'x'.repeat(size)}</t>`
  const mebi = 1024 ** 2
  const cell = (content: string) => `<c t="inlineStr"><is>${content}</is></c>`

  it.each([
    ['in many cells', cell(text(mebi)).repeat(9), ''],
    ['in one cell', cell(`<r>${text(mebi)}</r>`.repeat(9)), ''],
    ['in one formula', `<c t="str"><v>${`${'x'.repeat(mebi)}<a/>`.repeat(9)}</v></c>`, ''],
    ['in one shared string', '<c t="s"><v>0</v></c>', `<r>${text(mebi)}</r>`.repeat(9)],
    ['in cells with the same string', '<c t="s"><v>0</v></c>'.repeat(90), text(mebi / 10)],
  ])('with too many characters is refused: %s', { timeout: 60_000 }, async (_where, cells, shared) => {
    const file = makeXlsx(`<row>${cell(text(1))}</row><row>${cells}</row>`, {
      'xl/sharedStrings.xml': `<sst><si>${shared}</si></sst>`,
    })
    expect(await messageOf(readContent('file.xlsx', file))).toMatch(
      /^(Row 2 of the sheet|A cell of the XLSX file) has more than 8,388,608 characters\. Shorten /,
    )
  })
})

describe('sparse rows of XLSX', () => {
  const cell = (name: string, value = '') => `<c r="${name}"><v>${value}</v></c>`

  it('are read, with empty cells in any column', async () => {
    const rows = `<row>${cell('A1', '1')}${cell('ZZ1', '2')}</row>
      <row>${cell('A2', '3')}${cell('ZZ2', '4')}${cell('XFD2')}</row>`
    const { fileInfo, rows: read } = await readContent('file.xlsx', makeXlsx(rows))
    expect(fileInfo.columns).toHaveLength(702)
    expect(read.map(({ values, fault }) => [values[1], values[2], fault])).toEqual([[3, 4, undefined]])
  })

  it('are refused if they have a value after the last column that can be read', async () => {
    const rows = `<row>${cell('A1', '1')}</row>${`<row>${cell('XFD2', '1')}</row>`.repeat(20_000)}`
    expect(await messageOf(readContent('file.xlsx', makeXlsx(rows)))).toBe(
      'The sheet has a value in the cell XFD2. At most 2,000 columns can be read: remove the values after the column BXX.',
    )
  })

  it('cost little without values, even if a cell in the last column is formatted', async () => {
    const row = '<row><c r="BXX2" s="1"/></row>'
    const book = makeXlsx(`<row><c><v>1</v></c></row>${row.repeat(130_000)}`)
    const timeMs = await measureProcessorTimeMs(async () => {
      expect((await readContent('file.xlsx', book)).rows).toEqual([])
    })
    expect(timeMs).toBeLessThan(2000)
  })

  it('without a header have a column for each formatted cell of the first row', async () => {
    const book = makeXlsx(
      '<row><c><v>1</v></c><c r="B1" s="1"/></row><row><c><v>2</v></c><c><v>3</v></c></row>',
    )
    const { rows } = await readContent('file.xlsx', book, { header: 'none' })
    expect(rows.map(({ values }) => values)).toEqual([
      { A: 1, B: null },
      { A: 2, B: 3 },
    ])
  })

  it('have no empty cells among their extra values', async () => {
    const rows = `<row>${cell('A1', '1')}</row><row>${cell('A2', '2')}${cell('BXX2', '3')}</row>`
    const { rows: read } = await readContent('file.xlsx', makeXlsx(rows))
    expect(read).toMatchObject([{ values: { 1: 2, 'import.extra': [3] }, fault: { column: '' } }])
    expect(read[0]?.fault?.detail).toContain(' Extra values: 3.')
  })

  it('are converted in time slices', async () => {
    const format = { subject: 'The file', locate: String, omitsEmptyCells: true, hint: '' }
    const wideRow = { number: 2, cells: [...new Array<null>(1999).fill(null), 1] }
    async function* source() {
      yield [{ number: 1, cells: ['id'] }, ...new Array<typeof wideRow>(1000).fill(wideRow)]
    }
    const sizes: number[] = []
    const table = await openTable(source(), {}, format)
    for await (const rows of table.rows) sizes.push(rows.length)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1000)
    expect(Math.max(...sizes)).toBeLessThan(1000)
  })
})

it.each([
  ['csv', '[id,name\n1,First\n'],
  ['json', '\ufeff [{"id": 1}]'],
  ['ndjson', '{"id": 1}'],
  ['xml', '<html><tr><td>1</td></tr></html>'],
] as const)(
  'a file is read in the stated format, even if it begins like another one, %s: %s',
  async (format, content) => {
    expect((await readContent('file', content, { format })).fileInfo.format).toBe(format)
  },
)

describe('an unreadable file', () => {
  it.each([
    ['an empty file', '', 'The file file.csv is empty'],
    ['a web page', '<!DOCTYPE html><html><body>Not found</body></html>', 'The file file.csv is a web page'],
    [
      'old Excel',
      Buffer.from('d0cf11e0a1b11ae1', 'hex'),
      'The file file.csv is from an old version of Excel',
    ],
    ['gzip', Buffer.from('1f8b0800', 'hex'), 'The file file.csv is compressed with gzip'],
    ['a PDF', '%PDF-1.7', 'The file file.csv is a PDF'],
    ['RTF', '{\\rtf1\\ansi', 'is a text document (RTF). Copy its table into a spreadsheet program'],
    ['OpenDocument', makeZip({ 'content.xml': '<a/>' }), 'OpenDocument'],
    ['another ZIP', makeZip({ 'a.txt': 'a' }), 'The file is a ZIP archive, and not XLSX. Extract the file'],
    [
      'XLSB',
      makeZip({ 'xl/workbook.bin': 'a' }),
      'The file is an Excel binary workbook (XLSB), and not XLSX.',
    ],
    ['a table of a web page', '<table><tr><td>No</td></tr></table>', 'open it in a spreadsheet program'],
    ['a web archive', 'MIME-Version: 1.0\nContent-Type: multipart/related\n', 'is a web archive (MHTML)'],
    [
      'Excel 2003',
      '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
      'The file file.csv is an XML spreadsheet of Excel 2003. Save it as XLSX.',
    ],
    [
      'flat OpenDocument',
      '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
      'The file file.csv is an OpenDocument file.',
    ],
    ['binary', Buffer.from([1, 0, 0, 0, 7, 8, 0, 0, 1, 1, 0]), 'binary'],
    ['a table without rows', '\n\n', 'no row with the names of the columns'],
  ])('is refused with an explanation: %s', async (_, content, message) => {
    expect(await messageOf(readContent('file.csv', content))).toContain(message)
  })

  it.each([
    ['CSV', 'XML', 'id,name\n1,First\n'],
    ['CSV', 'JSON', 'id,name\n1,First\n'],
    ['CSV', 'XLSX', 'id,name\n1,First\n'],
    ['JSON', 'XML', '[{"id": 1}]'],
    ['XLSX', 'XML', makeXlsx('<row><c><v>1</v></c></row>')],
  ])('in %s is refused if the mapping states %s', async (actual, stated, content) => {
    const format = rowOptions.shape.format.parse(stated.toLowerCase())
    expect(await messageOf(readContent('activities', content, { format }))).toBe(
      `The file activities is ${actual}, but the mapping reads ${stated} (rows.format). Choose a file in ${stated}, or another mapping.`,
    )
  })

  it('of random bytes is refused as binary, unlike UTF-16 in Cyrillic', async () => {
    const random = Buffer.from(
      Array.from({ length: 4000 }, (_, index) => (index * 7919 + (index >> 3) * 31) % 251),
    )
    expect(await messageOf(readContent('file.csv', random))).toContain('is binary, and not text')
    const withNuls = random.map((byte, index) => (index % 33 === 0 ? 0 : byte))
    expect(await messageOf(readContent('file.csv', withNuls))).toContain('is binary, and not text')
    expect(await messageOf(readContent('file.csv', random, { format: 'csv' }))).toBe(
      'The file file.csv is binary, and not text. Only CSV, XLSX, JSON, NDJSON and XML can be read.',
    )
    const rows = `ид,название\n${'1,Договор\n'.repeat(50)}`
    for (const text of [rows, `\ufeff${rows}`])
      expect((await readContent('file.csv', Buffer.from(text, 'utf16le'))).rows).toHaveLength(50)
  })

  it('with damaged compressed data is refused as unreadable', async () => {
    const rows = Array.from({ length: 2000 }, (_, index) => `<row><c><v>${Math.sin(index)}</v></c></row>`)
    const file = makeXlsx(rows.join(''))
    file.fill(0xff, file.length / 2, file.length / 2 + 100)
    await expect(readContent('file.xlsx', file)).rejects.toMatchObject({ type: 'unreadable-file' })
  })

  it.skipIf(process.platform !== 'linux')('with a damaged ZIP directory is refused and closed', async () => {
    const file = makeXlsx('<row><c><v>1</v></c></row>')
    file.fill(0, file.indexOf('PK\u0001\u0002'), file.length - 22)
    const before = countOpenFiles()
    for (let round = 0; round < 20; round += 1)
      await expect(readContent('file.xlsx', file)).rejects.toMatchObject({ type: 'unreadable-file' })
    // Other tests of this process may have opened a few files meanwhile.
    await expect.poll(countOpenFiles).toBeLessThan(before + 10)
  })

  it('with more than 10,000 files in it is refused, and is not called damaged', async () => {
    const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`custom/${index}`, '']))
    expect(await messageOf(readContent('file.xlsx', makeXlsx('<row></row>', files)))).toBe(
      'The XLSX file has more than 10,000 files. Save the table as CSV.',
    )
  })

  it('that is truncated is refused with an explanation', async () => {
    const whole = makeXlsx('<row><c><v>1</v></c></row>')
    expect(await messageOf(readContent('file.xlsx', whole.subarray(0, whole.length - 30)))).toContain(
      'damaged or cut off',
    )
    expect(await messageOf(readContent('file.csv', 'a,b\n1,"2\n3,4\n'))).toContain('never closed')
  })
})

describe('a table', () => {
  it('with 10,000 columns is refused', async () => {
    const header = Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',')
    expect(await messageOf(readContent('file.csv', `${header}\n`))).toContain('10,000 columns')
  })

  it('may have columns named as properties of objects, such as __proto__', async () => {
    const { rows } = await readContent('file.csv', '__proto__,constructor,toString\n1,2,3\n')
    expect(Object.entries(rows[0]?.values ?? {})).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
    ])
    const filled = await readContent('file.csv', 'constructor,b\n,1\nx,2\n,3\n', {
      fillDown: ['constructor'],
    })
    expect(filled.rows.map(({ values }) => Object.entries(values)[0]?.[1])).toEqual([null, 'x', 'x'])
    const json = await readContent('file.json', '[{"__proto__": {"a": 1}}]')
    expect(Object.keys(json.rows[0]?.values ?? {})).toEqual(['__proto__'])
  })

  it('is read without the end of a value that is too long, and its row has a fault', async () => {
    const { rows } = await readContent('file.csv', `a,b\n1,${'x'.repeat(300_000)}\n2,y\n`)
    expect(rows[0]?.fault?.detail).toBe('The value has more than 200,000 characters.')
    expect(rows[0]?.values).toEqual({ a: '1', b: 'x'.repeat(200_001) })
    expect(rows[1]?.fault).toBeUndefined()
  })

  it('keeps a few control characters, such as vertical tabs, and leaves them to the mapping', async () => {
    const { rows } = await readContent('file.csv', 'id,title\n1,First\u000bline\u0007\n')
    expect(rows).toMatchObject([{ values: { title: 'First\u000bline\u0007' } }])
  })

  it('may have a control character as its delimiter if the mapping states it', async () => {
    const { rows } = await readContent('file.csv', `a\u0001b\n${'1\u00012\n'.repeat(20)}`, {
      delimiter: '\u0001',
    })
    expect(rows.map(({ values }) => values)).toEqual(new Array(20).fill({ a: '1', b: '2' }))
  })

  it('keeps formulas as text, and replaces characters that PostgreSQL cannot store', async () => {
    const { rows } = await readContent('file.csv', 'a,b\n=HYPERLINK("http://x"),x\0y\n', { delimiter: ',' })
    expect(rows[0]?.values).toEqual({ a: '=HYPERLINK("http://x")', b: 'x\ufffdy' })
  })
})

describe('a group of rows', () => {
  it('may have at most 8,388,608 characters', async () => {
    const lines = Array.from({ length: 50 }, () => `1,${'x'.repeat(190_000)}\n`)
    const content = `id,text\n${lines.join('')}`
    expect(await messageOf(readContent('file.csv', content, { groupBy: 'id' }))).toBe(
      'From row 2 on, more than 8,388,608 characters of neighbouring rows have the same value in the column "id" of rows.groupBy. Correct rows.groupBy, or split the file.',
    )
  })

  it('is refused if the file has a column with the name of its list', async () => {
    expect(await messageOf(readContent('file.csv', 'id,rows\n1,a\n1,b\n', { groupBy: 'id' }))).toBe(
      'The file has a column "rows", and rows.groupBy makes a list with this name. Rename the column.',
    )
  })
})

describe('rows of JSON and XML', () => {
  it('that are nested too deeply or have too many values have a fault, and other rows have none', async () => {
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`
    const { rows } = await readContent(
      'f.json',
      `[{"a": ${deep}}, {"a": [${'1,'.repeat(100_001)}1]}, {"a": 1}]`,
    )
    expect(rows.map(({ fault }) => fault?.detail)).toEqual([
      'The row is nested more than 50 levels deep.',
      'The row has more than 100,000 values.',
      undefined,
    ])
    const elements = await readContent('f.xml', `<r><a>${'<b/>'.repeat(100_001)}</a><a>1</a></r>`)
    expect(elements.rows.map(({ fault }) => fault?.detail)).toEqual([
      'The element has more than 100,000 elements and attributes.',
      undefined,
    ])
  })

  const name = 'n'.repeat(1_100_000)

  it('are read one by one if the names of their properties are long', async () => {
    await withFile('f.json', JSON.stringify(new Array(3).fill({ [name]: 1 })), async (file) => {
      const sizes: number[] = []
      for await (const batch of (await readRows(file, {})).batches) sizes.push(batch.length)
      expect(sizes).toEqual([1, 1, 1])
    })
  })

  it('have a fault if the names of their elements are too long together', async () => {
    const { rows } = await readContent('f.xml', `<r><a>${`<${name}/>`.repeat(8)}</a><a>1</a></r>`)
    expect(rows.map(({ fault }) => fault?.detail)).toEqual([
      'The element has more than 8,388,608 characters.',
      undefined,
    ])
  })
})
