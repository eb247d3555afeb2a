// @module-tag slow

import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import type { RowOptions } from '../../../src/features/imports/reading/options.ts'
import { messageOf, readContent } from '../../support/import-files.ts'

const valuesOf = async (content: string | Uint8Array, options = {}) =>
  (await readContent('file.csv', content, options)).rows.map(({ values }) => values)

describe('the encoding of a CSV file', () => {
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

  it.each(['utf-16le', 'utf-16be'])(
    'is detected in Chinese with few ASCII characters: %s',
    async (encoding) => {
      const bytes = iconv.encode(
        `国家,标题\n${'巴基斯坦,关于共建一带一路　最需要开发的上海\n'.repeat(40)}`,
        encoding,
        { addBOM: false },
      )
      const { fileInfo, rows } = await readContent('file.csv', bytes)
      expect(fileInfo.encoding).toBe(encoding)
      expect(rows[39]?.values).toEqual({ 国家: '巴基斯坦', 标题: '关于共建一带一路　最需要开发的上海' })
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
    ['gb18030', '姓名,国家\n朱镕基,中国\n'],
    ['gb18030', 'name\n朱镕基\n'],
    ['gb18030', '1,A类\n'],
    ['gb18030', '1,巴基斯坦\n'],
    ['gb18030', '清华大学\n北京大学\n'],
    ['gb18030', 'id,title,name\n1,Cote d’Ivoire,中国\n2,Other,巴基斯坦\n'],
    ['gb18030', 'id,title,name\n1,1998–2001,李明\n2,Other,王芳\n'],
    ['gb18030', 'id,title,name\n1,37°N,清华大学\n2,Other,北京\n'],
    ['gb18030', 'id,title\n1,“Belt” and Road…\n2,中国\n'],
    ['euc-kr', 'id,title,name\n1,Cote d’Ivoire,한국\n2,Other,러시아\n'],
    ['big5', '國立臺灣大學\n'],
    ['euc-kr', '나라,제목\n한국,과학기술 협력에 관한 협정\n日本,에너지에 관한 협정\n'],
    ['euc-kr', '한국'],
    ['euc-kr', '러시아, 베트남, 프랑스'],
    ['euc-jp', '日中科学技術協力協定,日本\n'],
    ['euc-jp', '日本\n中国\n原子力\n東京大学\n'.repeat(125)],
    ['windows-1251', 'id,country\n1,РОССИЯ\n2,КУБА\n3,ИРАН\n4,СЕРБИЯ'],
    ['windows-1251', 'РОССИЯ'],
    ['koi8-r', 'россия, куба, иран, сербия'],
    ['koi8-r', 'россия'],
    ['koi8-r', 'КИТАЙ\nКУБА\n'],
    ['koi8-r', 'code;country\nRU;Российская Федерация\nCU;Республика Куба\n'],
    ['windows-1251', 'code;country\nRU;Российская Федерация\nCU;Республика Куба\n'],
    ['windows-1251', 'code;country\nRS;Србија\nCU;Куба\nHU;Мађарска\nJP;Јапан\n'],
    ['iso-8859-5', 'code;country\nRU;Российская Федерация\nCU;Республика Куба\n'],
    ['iso-8859-8', 'הסכם שיתוף פעולה'],
    ['windows-1252', 'code;country\nBR;Brésil\nDZ;Algérie\nSN;Sénégal\n'],
    ['windows-1251', '«РОССИЯ»'],
    ['iso-8859-7', 'ΕΛΛΑΔΑ, ΚΙΝΑ'],
    ['iso-8859-7', 'ΚΥΠΡΟΣ'],
  ])('is detected in files with few characters: %s, %s', async (encoding, content) => {
    const { fileInfo } = await readContent('file.csv', iconv.encode(content, encoding))
    expect(fileInfo.encoding).toBe(encoding)
  })

  it('has a note that says if the guess is uncertain, and names the other possible encodings', async () => {
    const notesOf = async (content: string) =>
      (await readContent('file.csv', iconv.encode(content, 'gb18030'))).fileInfo.notes
    expect(await notesOf('id,name\n1,李明\n')).toEqual([
      'The encoding is uncertain, since the file has little text besides ASCII: most likely it is gb18030. If letters are wrong, set rows.encoding in the mapping, such as to big5, euc-jp, euc-kr.',
    ])
    expect(await notesOf(chinese.repeat(10))).toEqual([
      expect.stringMatching(/^The encoding is most likely gb18030 \(\d+ % sure\)\. If letters are wrong, /),
    ])
  })

  it('has a note that names gb18030 whenever its bytes fit, with at most three others', async () => {
    for (const [encoding, content] of [
      ['gb18030', 'id,title,name\n1,d’Ivoire,朱镕基\n'],
      ['iso-8859-2', 'title\nKSIĄŻKA\nMAŁŻEŃSTWO\nżółć\n'],
    ] as const) {
      const { fileInfo } = await readContent('file.csv', iconv.encode(content, encoding))
      expect(fileInfo.encoding).toMatch(/^windows-/)
      expect(fileInfo.notes[0]).toMatch(/, such as to ([\w-]+, ){1,3}gb18030\.$/)
    }
    const other = await readContent('file.csv', iconv.encode('title\nCafé\nBrésil\nAlgérie\n', 'latin1'))
    expect(other.fileInfo.notes[0]).toMatch(/^The encoding is uncertain, (?!.*gb18030)/)
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
  ])('is refused if the file ends in %s', async (_title, end) => {
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
