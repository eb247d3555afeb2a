import { describe, expect, it } from 'vitest'
import { readContent } from '../../support/import-files.ts'
import { measureProcessorTimeMs } from '../../support/processor-time.ts'

/** Makes a file with bars as delimiters and without quotes around values. Its titles may have stray quotes. */
const flatFile = (titles: readonly string[]): string =>
  `Year|Id|Title|Amount\r\n${titles.map((title, index) => `2011|${index + 1}|${title}|1.${index}\r\n`).join('')}`

const plain = Array.from({ length: 8 }, (_, index) => `Project ${index}`)

describe('a value of CSV that a stray quote opens', () => {
  it('is refused if it contains further rows, and the rows after it are read', async () => {
    const { rows } = await readContent('file.csv', flatFile([...plain, '"Plan', 'Other', '"Plan', 'Last']))
    expect(rows.filter(({ fault }) => fault)).toMatchObject([
      {
        locator: 'row 10',
        values: { 'import.extra': [expect.stringMatching(/^"Plan\|1\.8\r\n.*\r\n.*"Plan$/)] },
        fault: { column: 'Title', detail: expect.stringContaining('set rows.quote to none in the mapping') },
      },
    ])
    expect(rows.at(-1)).toMatchObject({ locator: 'row 13', values: { Title: 'Last' } })
  })

  it('keeps the quote if the mapping says that the file has no quotes around values', async () => {
    const titles = [...plain, '"Plan', '"Plan']
    const { rows } = await readContent('file.csv', flatFile(titles), { quote: 'none' })
    expect(rows.map(({ values }) => values.Title)).toEqual(titles)
  })

  it.each([
    ['"""Plan"" a|b|c|d\r\n""x"" y"', '"Plan" a|b|c|d\r\n"x" y'],
    ['"""""Plan"" a|b|c|d""\r\nx"', '""Plan" a|b|c|d"\r\nx'],
    ['"Plan" for water', '"Plan" for water'],
  ])('is read if its quotes are doubled, or if it is one line: %j', async (written, title) => {
    const { rows } = await readContent('file.csv', flatFile([...plain, written]))
    expect(rows.at(-1)).toMatchObject({ values: { Title: title } })
    expect(rows.at(-1)?.fault).toBeUndefined()
  })

  it('is found within 1.5 s of processor time, however long and repetitive it is', async () => {
    const [short, long] = ['a'.repeat(100_000), 'a'.repeat(200_000)]
    const options = { header: 'none', delimiter: '|', quote: '"' } as const
    const content = `x${'"'.repeat(100_010)}|"${short}\n|"y${long}\n`
    const timeMs = await measureProcessorTimeMs(() => readContent('file.csv', content, options))
    expect(timeMs).toBeLessThan(1500)
  })

  it('gives a fault to the rows that take a value of its row by fillDown', async () => {
    const text = `${flatFile([...plain, '"Plan', '"Plan'])}|11|Next|1\r\n2012|12|Later|1\r\n`
    const { rows } = await readContent('file.csv', text, { fillDown: ['Year'] })
    expect(rows.slice(-3).map(({ fault }) => fault?.column)).toEqual(['Title', 'Year', undefined])
  })
})
