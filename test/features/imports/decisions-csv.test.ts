import { afterEach, describe, expect, it, vi } from 'vitest'
import { readDecisions } from '../../../src/features/imports/decisions-csv.ts'
import { countIterations } from '../../support/event-loop.ts'

/** Files of decisions are read in slices, so that other requests run in between. */

afterEach(() => {
  vi.restoreAllMocks()
})

const header = 'resource,name,decision\n'
const read = async (text: string) =>
  (await readDecisions(Buffer.from(text), (line) => `line ${line}`)).decisions

describe('a file of decisions', () => {
  it('is read with many pauses', async () => {
    const text = header + 'countries,Atlantis,-\n'.repeat(20_000)
    expect(await countIterations(() => read(text))).toBeGreaterThanOrEqual(100)
  })

  it('is refused with the line if a row has more values than the header', async () => {
    await expect(
      read(`${header}countries,"Two\nlines",-\ncountries,A${','.repeat(99_998)}\n`),
    ).rejects.toThrow(
      'The file of decisions is not CSV: the row that ends on line 4 has 100000 values instead of 3.',
    )
  })

  it('may have characters of several bytes at the end of a slice', async () => {
    const names = ['', 'a', 'ab', 'abc'].map((start) => start + '中😀'.repeat(2000))
    const decisions = await read(header + names.map((name) => `countries,${name},CHN\n`).join(''))
    expect(decisions.map(({ name }) => name)).toEqual(names)
  })

  it('is read with the line of each decision, and may have the columns in any order', async () => {
    const text = 'decision;extra;name;resource\n;x;none;countries\n CHN ;y;"two\nlines" ;countries\n'
    expect(await read(text)).toEqual([
      { resource: 'countries', name: 'two\nlines', country: null, scheme: null, key: 'CHN', line: 4 },
    ])
  })
})
