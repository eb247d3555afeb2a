// @module-tag slow

import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { readRows } from '../../../src/features/imports/reading/index.ts'
import type { RowOptions } from '../../../src/features/imports/reading/options.ts'
import { additionalColumns } from '../../../src/features/imports/reading/refused-rows.ts'
import { openRows } from '../../../src/features/imports/row-source.ts'
import { registry } from '../../../src/resources/registry.ts'
import { countOpenFiles, messageOf, readContent, withFile } from '../../support/import-files.ts'

const valuesOf = async (content: string | Uint8Array, options = {}) =>
  (await readContent('file.csv', content, options)).rows.map(({ values }) => values)

describe('the reader of CSV', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', 'é', '中', ' b', '"', ',', ';', '\t', '\n', "'", '1'),
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

describe('encoding', () => {
  const text =
    'country,title\nCôte d’Ivoire,“Coopération” à Abidjan\nEspaña,Educación y formación en Málaga\n'
  const chinese = `国家,标题\n${'中国,关于科学技术合作的协定\n巴基斯坦,两国政府能源合作谅解备忘录\n'.repeat(5)}`

  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\ufeff${text}`)],
    ['utf-16le', iconv.encode(text, 'utf-16le', { addBOM: true })],
    ['utf-16be', iconv.encode(text, 'utf-16be', { addBOM: true })],
    ['utf-16le', iconv.encode(text, 'utf-16le', { addBOM: false })],
    ['windows-1252', iconv.encode(text, 'windows-1252')],
  ])('is detected: %s', async (encoding, bytes) => {
    const { fileInfo, rows } = await readContent('file.csv', bytes)
    expect(fileInfo.encoding).toBe(encoding)
    expect(rows[0]?.values).toEqual({ country: 'Côte d’Ivoire', title: '“Coopération” à Abidjan' })
  })

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'])(
    'is detected by a byte order mark: %s',
    async (encoding) => {
      const bytes = iconv.encode('имя,страна\nСоглашение,Россия\n', encoding, { addBOM: true })
      const { fileInfo, rows } = await readContent('file.csv', bytes)
      expect(fileInfo).toMatchObject({ encoding, notes: [] })
      expect(rows[0]?.values).toEqual({ имя: 'Соглашение', страна: 'Россия' })
    },
  )

  it('is detected as UTF-8 if the beginning of a file ends within a character', async () => {
    for (const content of ['a,b\n中国,1\n巴基斯坦', 'a,b\n1,中国']) {
      const { fileInfo } = await readContent('file.csv', Buffer.from(content).subarray(0, -1), {}, true)
      expect(fileInfo.encoding).toBe('utf-8')
    }
    const { rows } = await readContent('file.csv', iconv.encode('a,b\n1,Perú', 'windows-1252'))
    expect(rows[0]?.values).toEqual({ a: '1', b: 'Perú' })
  })

  it('is detected in Chinese for a large file, wherever the sample of its characters ends', async () => {
    const row = '中华人民共和国政府和巴基斯坦政府科学技术合作协定,北京\n'
    for (const header of ['名称,地点\n', '名称,地点 \n']) {
      const content = iconv.encode(header + row.repeat(6000), 'gb18030')
      expect((await readContent('file.csv', content)).fileInfo.encoding).toBe('gb18030')
    }
  })

  it.each(['gb18030', 'big5', 'shift_jis'])('is detected in Chinese and Japanese: %s', async (encoding) => {
    const kana =
      '国名,題名\n日本,科学技術における協力に関する協定です\n韓国,エネルギーについての覚え書きになります\n'
    const content =
      encoding === 'shift_jis'
        ? kana.repeat(5)
        : encoding === 'big5'
          ? '國家,標題\n中國,關於科學技術合作的協定\n'.repeat(9)
          : chinese
    const { fileInfo, rows } = await readContent('file.csv', iconv.encode(content, encoding))
    expect(fileInfo.encoding).toBe(encoding)
    expect(Object.values(rows[0]?.values ?? {})).toEqual(content.split('\n')[1]?.split(','))
  })

  it('is detected in Chinese and Korean if some lines are UTF-8 by chance', async () => {
    for (const [encoding, text] of [
      ['gb18030', `编号,性别,国家\n${'0,男,CHN\n1,女,CHN\n'.repeat(10)}`],
      ['gb18030', `编号,性别,国家\n${'1,女,CHN\n'.repeat(10)}`],
      ['euc-kr', `번호,성별,층수\n${'남,짱,일층\nx,짱,y\n'.repeat(10)}`],
    ] as const) {
      const { fileInfo, rows } = await readContent('file.csv', iconv.encode(text, encoding))
      expect(fileInfo.encoding).toBe(encoding)
      expect(Object.values(rows[1]?.values ?? {})).toEqual(text.split('\n')[2]?.split(','))
    }
  })

  it.each([
    ['gb18030', '国家,备注\n俄国,\n'],
    ['gb18030', 'resource,name,decision\ncountries,亚特兰蒂斯,PAK\n'],
    ['gb18030', 'resource,name\norganizations,清华大学\norganizations,法国国家科学院\n'],
    ['gb18030', 'Id,Title\n1,ITER计划\n'],
    ['windows-1252', 'Id,Title\n1,COOPERAÇÃO\n'],
    ['euc-kr', '나라,제목\n한국,과학기술 협력에 관한 협정\n日本,에너지에 관한 협정\n'],
  ])('is detected in files with few characters: %s', async (encoding, content) => {
    const { fileInfo } = await readContent('file.csv', iconv.encode(content, encoding))
    expect(fileInfo.encoding).toBe(encoding)
  })

  it.each(['中国,北京', 'Perú', 'Союз'])(
    'is refused if Chinese lines are mixed with UTF-8: %s',
    async (line) => {
      const mixed = Buffer.concat([iconv.encode(chinese, 'gb18030'), Buffer.from(`${line},1\n`.repeat(3))])
      expect(await messageOf(readContent('file.csv', mixed))).toContain('line 1 is not UTF-8')
    },
  )

  it('is refused if lines have different encodings, with the first line that differs', async () => {
    const mixed = Buffer.concat([
      Buffer.from(text),
      iconv.encode('Perú,Lección número uno\n', 'windows-1252'),
    ])
    expect(await messageOf(readContent('file.csv', mixed))).toContain('line 4 is not UTF-8')
  })

  it('is refused with the line that differs even after lines longer than the chunks of a file', async () => {
    const long = `"${'中'.repeat(1_200_000)}",1\n`
    const other = iconv.encode('Perú,2\n', 'windows-1252')
    const mixed = Buffer.concat([Buffer.from(`a,b\n${long}`), other, Buffer.from(long)])
    expect(await messageOf(readContent('file.csv', mixed))).toContain('line 3 is not UTF-8')
    const oneLine = Buffer.concat([Buffer.from(`[{"a":${long.trim()}`), other])
    expect(await messageOf(readContent('file.json', oneLine))).toContain('line 1 is not UTF-8')
  })

  it.each<[how: string, start: string, options: RowOptions]>([
    ['by the mapping', '', { encoding: 'UTF-8' }],
    ['by another name', '', { encoding: 'utf8' }],
    ['by a byte order mark', '\ufeff', {}],
  ])('that is stated as UTF-8 %s is refused at the first invalid byte', async (_how, start, options) => {
    // The valid lines fill several chunks.
    const valid = `${start}a,b\n${'中国,\ufffd\n'.repeat(50_000)}`
    const invalid = iconv.encode('Perú,Lección\n', 'windows-1252')
    const bytes = Buffer.concat([Buffer.from(valid), invalid, Buffer.from('中国,1\n'), invalid])
    for (const format of ['csv', 'ndjson'] as const)
      expect(await messageOf(readContent('file.csv', bytes, { ...options, format }))).toMatch(
        /^Line 50002 has bytes that are invalid in utf-8: .* Convert it to UTF-8, or set rows\.encoding/,
      )
    expect((await readContent('file.csv', valid, options)).rows).toHaveLength(50_000)
  })

  it.each([
    ['a character that is cut off', Buffer.from('中').subarray(0, 2)],
    ['a letter in another encoding', iconv.encode('é', 'windows-1252')],
    ['a byte that UTF-8 never has', Buffer.from([0xff])],
  ])('of a file that ends in %s: such a file is refused', async (_title, end) => {
    for (const [name, start] of [
      ['file.csv', 'a,b\n中国,1\n韩国,2'],
      ['file.ndjson', '{"a":"中国"}\n{"a":"韩国"}\n{"a":"'],
    ] as const)
      expect(await messageOf(readContent(name, Buffer.concat([Buffer.from(start), end])))).toMatch(
        /^Line 3 has bytes that are invalid in utf-8|mixes encodings: line 3/,
      )
  })

  it.each(['utf-8', 'gb18030'])(
    'that is stated allows the beginning of a file to end within a character: %s',
    async (encoding) => {
      const bytes = iconv.encode(chinese, encoding).subarray(0, -2)
      const { rows } = await readContent('file.csv', bytes, { encoding }, true)
      expect(rows).toHaveLength(10)
      expect(JSON.stringify(rows)).not.toContain('\ufffd')
    },
  )

  it('can be set by the mapping, and an unknown one is refused with a suggestion', async () => {
    const bytes = iconv.encode('a,b\nПривет,мир\n', 'windows-1251')
    expect(await valuesOf(bytes, { encoding: 'windows-1251' })).toEqual([{ a: 'Привет', b: 'мир' }])
    expect(await messageOf(readContent('file.csv', bytes, { encoding: 'windows1252x' }))).toContain(
      'windows-1252',
    )
  })

  it.each(['ISO-8859-1', 'latin1', 'l1', 'cp819', 'iso8859-1'])(
    'that is stated as %s is read as windows-1252, with its quotes, dashes and euro sign',
    async (encoding) => {
      const bytes = iconv.encode('a,b\n“price” – 5€,1\n', 'windows-1252')
      expect(await valuesOf(bytes, { encoding })).toEqual([{ a: '“price” – 5€', b: '1' }])
    },
  )

  it.each(['hex', 'base64', 'binary'])('cannot be %s', async (encoding) => {
    expect(await messageOf(readContent('file.csv', 'a,b\n1,2\n', { encoding }))).toContain(
      `The encoding "${encoding}" is not known`,
    )
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

  it('with the same value in a column are joined if the mapping says so', async () => {
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

  it('of a group are refused with the file if they are more than 10,000', async () => {
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

  it('with two columns of the same name are refused', async () => {
    expect(await messageOf(readContent('file.csv', 'a,b,a\n1,2,3\n'))).toContain(
      'columns A and C have the same name, "a"',
    )
  })

  describe.skipIf(process.platform !== 'linux')('of a long file', () => {
    const lines = '1,2\n'.repeat(500_000)

    it('may be left unread, and the file is closed anyway', async () => {
      const before = countOpenFiles()
      await withFile('file.csv', `a,b\n${lines}`, async (file) => {
        for await (const batch of readRows(file, {}).batches) {
          expect(batch.length).toBeGreaterThan(0)
          break
        }
        const unread = readRows(file, {})
        await unread.fileInfo
        await unread.close()
      })
      await expect.poll(countOpenFiles).toBeLessThanOrEqual(before)
    })

    it('are not read if the header cannot be used, and the file is closed', async () => {
      const before = countOpenFiles()
      await withFile('file.csv', `a,a\n${lines}`, async (file) => {
        for (let round = 0; round < 5; round += 1)
          expect(await messageOf(readRows(file, {}).fileInfo)).toContain('have the same name')
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
