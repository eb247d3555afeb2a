// @module-tag slow

import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRows } from '../../../src/features/imports/reading/index.ts'
import { additionalColumns } from '../../../src/features/imports/reading/refused-rows.ts'
import { openRows } from '../../../src/features/imports/row-source.ts'
import { registry } from '../../../src/resources/registry.ts'
import { countOpenFiles, messageOf, readContent, withFile } from '../../support/import-files.ts'

const valuesOf = async (content: string | Uint8Array, options = {}) =>
  (await readContent('file.csv', content, options)).rows.map(({ values }) => values)

describe('the reader of CSV', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', '中', ' b', '"', ',', ';', '\t', '\n', "'", '1', '\\'),
    maxLength: 8,
  })
  const isPlain = (text: string) => text.trim() === text && text !== ''
  const filled = cell.filter(isPlain)

  it('reads values written with any of four delimiters back unchanged', { timeout: 60_000 }, async () => {
    const tables = fc.array(fc.tuple(filled, filled, filled), { minLength: 4, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        tables,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        async (rows, delimiter, end) => {
          const text = stringify(
            [['id', 'first', 'second', 'third'], ...rows.map((row, index) => [`r${index}`, ...row])],
            {
              delimiter,
              record_delimiter: end,
              quoted: true,
            },
          )
          const expected = rows.map(([first, second, third], index) => ({
            id: `r${index}`,
            first,
            second,
            third,
          }))
          expect(await valuesOf(text)).toEqual(expected)
        },
      ),
      { numRuns: 40 },
    )
  })

  it.each([
    ['commas', 'a,b\n1,2\n', ','],
    ['semicolons with decimal commas', 'name;amount\nx;1,5\ny;2,5\nz;3,5\n', ';'],
    ['tabs', 'a\tb\n1\t2\n', '\t'],
    ['bars', 'a|b\n1|2\n', '|'],
    ['a line that names the delimiter', 'sep=;\r\na;b\r\n1,0;2,0\r\n', ';'],
  ])('finds the delimiter: %s', async (_, text, delimiter) => {
    const { fileInfo } = await readContent('file.csv', text)
    expect(fileInfo.dialect?.delimiter).toBe(delimiter)
  })

  it.each(['\n', '\r\n', '\r'])('skips the line that names the delimiter, before %j', async (end) => {
    expect(await valuesOf(['sep=;', 'a;b', '1,0;2,0', ''].join(end))).toEqual([{ a: '1,0', b: '2,0' }])
  })

  it('finds single quotes, and backslashes before quotes', async () => {
    expect(await valuesOf("a,b\n'x, y','z'\n'u','v, w'\n")).toEqual([
      { a: 'x, y', b: 'z' },
      { a: 'u', b: 'v, w' },
    ])
    expect(await valuesOf('a,b\n"x \\"y\\"","z"\n')).toEqual([{ a: 'x "y"', b: 'z' }])
    expect(await valuesOf('a,b\n"Pipe 5\\", steel","z"\n"6\\"",""\n"",""\n"",""\n')).toMatchObject([
      { a: 'Pipe 5", steel', b: 'z' },
      { a: '6"', b: null },
    ])
  })

  it.each([
    ['in one row', ['D:\\scans\\1', 'D:\\scans\\2', 'E:\\x\\', 'D:\\scans\\4']],
    ['in all rows', ['\\\\server\\a\\', '\\\\server\\b\\', '\\\\server\\c\\']],
    ['in the last row', ['D:\\scans\\1', 'D:\\scans\\']],
    ['beside a delimiter and quotes', ['D:\\scans, old\\1991\\', 'D:\\"new", old\\2']],
  ])('keeps backslashes, also at the end of quoted values: %s', async (_, folders) => {
    const rows = folders.map((folder, index) => ({ id: `${index}`, folder, title: `T${index}` }))
    expect(await valuesOf(stringify(rows, { header: true, quoted: true }))).toEqual(rows)
    const lastColumn = rows.map(({ id, folder }) => ({ id, folder }))
    expect(await valuesOf(stringify(lastColumn, { header: true, quoted: true }))).toEqual(lastColumn)
  })

  it.each([
    [
      'that opens a value',
      'a\tb\n"Protocol\tx\n"Accord" of\t"y"\n',
      [
        { a: '"Protocol', b: 'x' },
        { a: '"Accord" of', b: '"y"' },
      ],
    ],
    [
      'that a later quote would close',
      'a\tb\n"1\tx\n2\ty"\n',
      [
        { a: '"1', b: 'x' },
        { a: '2', b: 'y"' },
      ],
    ],
  ])('keeps each quote as a part of its value with `quote: none`: a quote %s', async (_, text, expected) => {
    expect(await valuesOf(text, { quote: 'none' })).toEqual(expected)
  })

  it('says how to read quotes as parts of values if a quote is never closed', async () => {
    const text = 'a\tb\n"Protocol\tx\n1\ty\n'
    expect(await messageOf(readContent('file.csv', text))).toContain('set rows.quote to none')
  })

  it('recognizes quotes around values that all have a delimiter at the same position', async () => {
    const lines = Array.from({ length: 5 }, (_, index) => `${index},"Bank ${index}, Ltd.",Ghana`)
    const rows = await valuesOf(['id,bank,country', ...lines].join('\n'))
    expect(rows[4]).toEqual({ id: '4', bank: 'Bank 4, Ltd.', country: 'Ghana' })
  })

  it('notes that the last row may be cut off if it does not end with a line break', async () => {
    const notesOf = async (text: string) => (await readContent('file.csv', text)).fileInfo.notes
    expect(await notesOf('a,b\n1,Niger')).toEqual([expect.stringContaining('may be cut off')])
    expect(await notesOf('a,b\n1,Nigeria\n')).toEqual([])
  })

  it('notes that it finds only one column', async () => {
    const { fileInfo } = await readContent('file.csv', 'a~b\n1~2\n')
    expect(fileInfo.columns).toEqual(['a~b'])
    expect(fileInfo.notes).toEqual([expect.stringContaining('one column only')])
    expect(await valuesOf('a~b\n1~2\n', { delimiter: '~' })).toEqual([{ a: '1', b: '2' }])
  })
})

describe('rows', () => {
  it('have the number of the line on which they begin', async () => {
    const { rows } = await readContent('file.csv', 'a,b\n"x\ny",1\n\n\nz,2\n')
    expect(rows.map(({ number, locator }) => [number, locator])).toEqual([
      [2, 'row 2'],
      [6, 'row 6'],
    ])
  })

  it('with missing or extra values have a fault, unless all extra values are empty', async () => {
    const { rows } = await readContent('file.csv', 'a,b\n1,2\n1,2,3\n1\n1,2,,\n')
    expect(rows.map(({ fault }) => fault?.detail.split(' Most')[0])).toEqual([
      undefined,
      'The row has 3 values, and the header 2 columns. Extra values: 3.',
      'The row has 1 value, and the header 2 columns.',
      undefined,
    ])
  })

  it('begin below the chosen header row, and repeat values from above if configured', async () => {
    const text = 'Register of treaties\n\nTreaty,Party\nA,China\n,Pakistan\nB,France\n'
    expect(await valuesOf(text, { header: 3, fillDown: ['Treaty'] })).toEqual([
      { Treaty: 'A', Party: 'China' },
      { Treaty: 'A', Party: 'Pakistan' },
      { Treaty: 'B', Party: 'France' },
    ])
    expect(await valuesOf('1,2\n', { header: 'none' })).toEqual([{ A: '1', B: '2' }])
  })

  it('next to each other with the same value in a column are joined if the mapping says so', async () => {
    const { rows } = await readContent('file.csv', 'id,party\n1,CHN\n1,PAK\n2,FRA\n', { groupBy: 'id' })
    expect(rows.map(({ locator, values }) => [locator, values.rows])).toEqual([
      [
        'rows 2–3',
        [
          { id: '1', party: 'CHN' },
          { id: '1', party: 'PAK' },
        ],
      ],
      ['row 4', [{ id: '2', party: 'FRA' }]],
    ])
  })

  it('of a group of more than 10,000 make the service refuse the file', async () => {
    const file = (count: number) => readContent('file.csv', `id\n${'1\n'.repeat(count)}`, { groupBy: 'id' })
    expect((await file(10_000)).rows).toHaveLength(1)
    expect(await messageOf(file(10_001))).toContain('From row 2 on, more than 10,000 neighbouring rows')
  })

  it('may have 2,000 columns, besides the additional ones of a file of refused rows', async () => {
    const columns = Array.from({ length: 2000 }, (_, index) => `c${index}`)
    const header = [...columns, ...additionalColumns({ format: 'csv', columns })]
    expect((await readContent('file.csv', `${header.join()}\n`)).fileInfo.columns).toEqual(header)
    expect(await messageOf(readContent('file.csv', `${[...columns, 'more'].join()}\n`))).toContain(
      'The file has 2,001 columns',
    )
  })

  it('are not read if two columns have the same name', async () => {
    expect(await messageOf(readContent('file.csv', 'a,b,a\n1,2,3\n'))).toContain(
      'columns A and C have the same name, "a"',
    )
  })

  describe.skipIf(process.platform !== 'linux')('of a long file', () => {
    const lines = '1,2\n'.repeat(500_000)

    it('may be left unread, and the file is closed anyway', async () => {
      const before = countOpenFiles()
      await withFile('file.csv', `a,b\n${lines}`, async (file) => {
        for await (const batch of (await readRows(file, {})).batches) {
          expect(batch.length).toBeGreaterThan(0)
          break
        }
        const unread = await readRows(file, {})
        await unread.close()
      })
      await expect.poll(countOpenFiles).toBeLessThanOrEqual(before)
    })

    it('are not read if the header cannot be used, and the file is closed', async () => {
      const before = countOpenFiles()
      await withFile('file.csv', `a,a\n${lines}`, async (file) => {
        for (let round = 0; round < 5; round += 1)
          expect(await messageOf(readRows(file, {}))).toContain('have the same name')
      })
      await expect.poll(countOpenFiles).toBeLessThanOrEqual(before)
    })

    it('are not read if a code list lacks a column, and the file is closed', async () => {
      const mapping = `{scheme: x, records: {agreements: {id: a,
        properties: {title: b, kind: {from: b, codes: {list: kinds.csv, key: code, value: kind}}}}}}`
      const { signal } = new AbortController()
      const before = countOpenFiles()
      await withFile('kinds.csv', 'code,word\n1,treaty\n', (list) =>
        withFile('file.csv', `a,b\n${lines}`, async (file) => {
          for (let round = 0; round < 5; round += 1)
            await expect(openRows(mapping, [file, list], { registry, signal })).rejects.toMatchObject({
              errors: [{ message: expect.stringContaining('kinds.csv has no column "kind"') }],
            })
        }),
      )
      await expect.poll(countOpenFiles).toBeLessThanOrEqual(before)
    })
  })
})
