import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Problem } from '../../src/problems/problem.ts'
import { readJson } from '../../src/server/plugins/body-parsers/json-reader.ts'

/** Reads a text to its end. Returns the value, or the problem with which the text is refused. */
function read(text: string, maxValues = 10_000): { value: unknown } | { problem: Problem } {
  try {
    const steps = readJson(text, maxValues)
    for (;;) {
      const { done, value } = steps.next()
      if (done) return { value }
    }
  } catch (error) {
    if (error instanceof Problem) return { problem: error }
    throw error
  }
}

/** Parses a text. Returns 0 for -0, since JSON.stringify writes both as 0. */
function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text, (_, value) => (Object.is(value, -0) ? 0 : value)) }
  } catch {
    return undefined
  }
}

/** JSON that can be stored exactly: numbers of up to 15 digits, and text that PostgreSQL can store. */
const storable = fc
  .jsonValue()
  .map((value): unknown =>
    JSON.parse(
      JSON.stringify(value, (_, inner) =>
        typeof inner === 'number' ? Number((inner % 1e9).toPrecision(15)) : inner,
      ),
    ),
  )
  .filter((value) => {
    const text = JSON.stringify(value)
    return !text.includes('\\u0000') && !/\\ud[89a-f]/.test(text)
  })

it('JSON that can be stored exactly is parsed as by JSON.parse, with any white space', () => {
  fc.assert(
    fc.property(storable, fc.constantFrom('', ' ', '\t', '\r\n  '), (value, space) => {
      const text = JSON.stringify(value, null, space).replaceAll('\n', '\r\n')
      expect(read(text)).toEqual({ value: JSON.parse(text) })
    }),
  )
})

it('a randomly changed text is parsed as by JSON.parse, or refused if that fails or is lossy', () => {
  fc.assert(
    fc.property(storable, fc.nat(), fc.nat(2), fc.string({ maxLength: 2 }), (value, position, cut, added) => {
      const whole = JSON.stringify(value)
      const index = position % (whole.length + 1)
      const text = whole.slice(0, index) + added + whole.slice(index + cut)
      const actual = read(text)
      const expected = parse(text)
      // Values that cannot be stored unchanged are refused with a JSON pointer.
      if ('problem' in actual && actual.problem.errors.length > 0) expect(expected).toBeDefined()
      else if (expected) expect(actual).toEqual(expected)
      else expect(actual).toHaveProperty('problem')
    }),
    { numRuns: 2000 },
  )
})

it.each([
  ['[1 2]', 'unexpected "2" at character 4'],
  ['{"a": 1,\n  b: 2}', 'unexpected "b" at line 2, column 3'],
  ['"a\tb"', 'unexpected "\\t" at character 3'],
  ['[1, 2', 'it ends too early'],
  ['01', 'unexpected "1" at character 2'],
])('%s is refused: %s', (text, message) => {
  expect(read(text)).toMatchObject({ problem: { message: `The text is not JSON: ${message}.` } })
})

it.each(['-0', '-0.0', '-0e5'])('%s is read as 0, which JSON.stringify writes for it', (text) => {
  expect(read(text)).toEqual({ value: 0 })
})

it('any amount of white space is read', () => {
  const space = ' \n'.repeat(200_000)
  expect(read(`${space}{${space}"a"${space}:${space}1${space}}${space}`)).toEqual({ value: { a: 1 } })
})

it('__proto__ is an ordinary property', () => {
  const result = read('{"__proto__": {"polluted": true}}')
  expect(result).toEqual({ value: JSON.parse('{"__proto__": {"polluted": true}}') })
  expect(Object.keys('value' in result ? Object(result.value) : {})).toEqual(['__proto__'])
})

it('nested values count towards the limit', () => {
  expect(read('[1, {"a": [2]}]', 5)).toHaveProperty('value')
  expect(read('[1, {"a": [2]}]', 4)).toMatchObject({ problem: { type: 'too-large' } })
})

it.each([
  ['a value', (string: string) => `[${string}]`, 100_000],
  ['a name', (string: string) => `{${string}: 1}`, 200],
])('the limit of %s counts characters; an escape sequence counts as one', (_, wrap, limit) => {
  const escapes = '\\u0041'.repeat(limit)
  const longest = wrap(`"${escapes}"`)
  expect(read(longest)).toHaveProperty('value')
  for (const broken of [longest.slice(0, longest.lastIndexOf('"')), wrap(`"${escapes}\n"`)]) {
    expect(read(broken)).toMatchObject({ problem: { type: 'malformed-request' } })
  }
  for (const more of ['a', '\\n', '\\u0041', 'a'.repeat(200_000)]) {
    expect(read(wrap(`"${escapes}${more}"`))).toMatchObject({ problem: { type: 'too-large' } })
  }
})
