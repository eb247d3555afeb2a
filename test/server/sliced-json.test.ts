import { createHash } from 'node:crypto'
import { afterEach, expect, it, vi } from 'vitest'
import { hashJson } from '../../src/operations/writing/json-hash.ts'
import { parseJson, parseNdjson } from '../../src/server/plugins/body-parsers/json.ts'
import { countIterations } from '../support/event-loop.ts'

/** Large JSON bodies are parsed and hashed in slices, so that other requests run in between. */

afterEach(() => {
  vi.restoreAllMocks()
})

const MiB = 1024 * 1024

const jsonArrayOf = (count: number, text: string) => JSON.stringify(Array(count).fill(text))

it.each([
  ['JSON', () => parseJson(Buffer.from(' '.repeat(8 * MiB).concat('1')), 10), 32],
  ['NDJSON', () => parseNdjson(Buffer.from(`${jsonArrayOf(40, '中'.repeat(65_536))}\n`), 100), 30],
  ['the hash of a body', () => hashJson(Array(80).fill('x'.repeat(65_536))), 80],
  ['the hash of one long string', () => hashJson(['\n'.repeat(8 * MiB)]), 120],
])('%s yields to the event loop many times', async (_, work, minIterations) => {
  expect(await countIterations(work)).toBeGreaterThanOrEqual(minIterations)
})

it('a slice may end inside a character of several bytes', async () => {
  for (const start of ['', 'a', 'ab', 'abc']) {
    const value = [start + '中😀'.repeat(14_000), ...Array(9).fill('é'.repeat(50_000))]
    expect(await parseJson(Buffer.from(JSON.stringify(value)), 100)).toEqual(value)
  }
})

it('a byte order mark is removed, and a body that ends inside a character is refused', async () => {
  const body = jsonArrayOf(10, 'é'.repeat(50_000))
  expect(await parseJson(Buffer.from(`\ufeff${body}`), 100)).toHaveLength(10)
  const truncated = Buffer.concat([Buffer.from(body), Buffer.from('é').subarray(0, 1)])
  await expect(parseJson(truncated, 100)).rejects.toThrow('The body is not UTF-8.')
})

it('a syntax error is reported with line and column; on the first line, with the column only', async () => {
  const messageFor = (text: string) => parseJson(Buffer.from(text), 10).catch((error: Error) => error.message)
  expect(await messageFor(`${'\n'.repeat(MiB)}  x`)).toContain(`"x" at line ${MiB + 1}, column 3`)
  expect(await messageFor('{\n\n"a" 1}')).toContain('line 3, column 5')
  expect(await messageFor('x')).toContain('"x" at character 1')
  expect(await messageFor('\nx')).toContain('"x" at line 2, column 1')
})

it('equal values have equal hashes, and different values have different ones', async () => {
  const values = [
    [],
    {},
    null,
    '',
    '[]',
    [null],
    [[]],
    [[], []],
    [[[]]],
    ['a', 'b'],
    ['a,b'],
    ['ab'],
    [1, 2],
    [2, 1],
    [12],
    { a: 1, b: 2 },
    { a: 1, b: '2' },
    { a: { b: 2 } },
    { 'a:1,b': 2 },
    [undefined, 1],
    [1, undefined],
  ]
  const hashes = await Promise.all(values.map(hashJson))
  expect(new Set(hashes).size).toBe(values.length)
  expect(await Promise.all(structuredClone(values).map(hashJson))).toEqual(hashes)
})

it('the hash of a long string is the hash of its JSON; no slice ends in a surrogate pair', async () => {
  for (const start of ['', 'a']) {
    const text = start + '😀\ud83d"'.repeat(50_000)
    const expected = createHash('sha256').update(JSON.stringify(text)).digest('base64url')
    expect(await hashJson(text)).toBe(expected)
  }
})

it('the order of properties does not change the hash of a value', async () => {
  const ordered = { a: 1, b: [{ c: 2, d: { e: 3, f: 4 } }], g: null }
  const reversed = { g: null, b: [{ d: { f: 4, e: 3 }, c: 2 }], a: 1 }
  expect(await hashJson(reversed)).toBe(await hashJson(ordered))
})
