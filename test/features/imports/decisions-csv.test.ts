import { afterEach, describe, expect, it, vi } from 'vitest'
import { readDecisions } from '../../../src/features/imports/decisions-csv.ts'
import { countIterations } from '../../support/event-loop.ts'

/** Files of decisions are read in slices, so that other requests run in between. */

afterEach(() => {
  vi.restoreAllMocks()
})

const header = 'resource,name,decision\n'
async function read(content: string | Uint8Array) {
  const name = 'rows.csv'
  const file = { bytes: Buffer.from(content), name }
  const { decisions } = await readDecisions(file, (line) => (line ? `line ${line}` : name))
  return decisions
}

describe('a file of decisions', () => {
  it('is read with many pauses', async () => {
    const text = header + 'countries,Atlantis,-\n'.repeat(20_000)
    expect(await countIterations(() => read(text))).toBeGreaterThanOrEqual(100)
  })

  it('is refused with the line if a row has more values than the header', async () => {
    await expect(read(`${header}countries,"Two\nlines",-\ncountries,A,B,C\n`)).rejects.toMatchObject({
      type: 'invalid-body',
      errors: [
        {
          pointer: 'line 4',
          message: expect.stringMatching(/^The row has 4 values, and the header 3 columns\. /),
        },
      ],
    })
  })

  it.each([
    [
      'bytes of no encoding',
      new Uint8Array([0xff, 0x81, 0x0a, 0x80]),
      'The encoding of the file could not be detected. Save it as UTF-8.',
    ],
    [
      'a quote that is never closed',
      `${header}countries,"Atlantis,-\n`,
      'A quote that opens on line 2 or later is never closed: the file is cut off, or the quote is a part of a value. Close the quote, or double it within a quoted value.',
    ],
    [
      'the bytes of a workbook',
      Buffer.concat([Buffer.from('PK'), Buffer.from(Array.from({ length: 300 }, (_, index) => index % 32))]),
      'The file rows.csv is binary, and not text.',
    ],
  ])('is refused without advice for rows of an import if it has %s', async (_, content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      type: 'invalid-body',
      errors: [{ pointer: 'rows.csv', message }],
    })
  })

  it('has no decisions if it is empty, as a form sends it if no file was chosen', async () => {
    expect(await read('')).toEqual([])
  })

  it('may have characters of several bytes that begin in one piece and end in the next', async () => {
    const names = ['', 'a', 'ab', 'abc'].map((start) => start + '中😀'.repeat(2000))
    const decisions = await read(header + names.map((name) => `countries,${name},CHN\n`).join(''))
    expect(decisions.map(({ name }) => name)).toEqual(names)
  })

  it('is read with the line of each decision, and may have the columns in any order', async () => {
    const text = 'decision;extra;name;resource\n;x;none;countries\n CHN ;y;"two\nlines";countries\n'
    expect(await read(text)).toEqual([
      { resource: 'countries', name: 'two\nlines', country: null, scheme: null, key: 'CHN', line: 3 },
    ])
  })
})
