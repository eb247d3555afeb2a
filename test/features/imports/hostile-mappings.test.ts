// @module-tag slow

import { describe, expect, it } from 'vitest'
import { parseMapping } from '../../../src/features/imports/mapping/index.ts'
import { registry } from '../../../src/resources/registry.ts'
import { messageOf } from '../../support/import-files.ts'
import { measureProcessorTimeMs } from '../../support/processor-time.ts'

/** Mappings that an attacker could send to slow the service down. */

/**
 * Maximum processor time for a mapping, in milliseconds. A slow machine may need half of it. A parser that reads a text once for
 * each of its characters would need a minute.
 */
const maxTimeMs = 6000

const maxLength = 200_000

/** Returns a text of almost the maximum length: the start, numbered parts, and the end. */
function fillText(part: (index: number) => string, start = '', end = ''): string {
  const parts = [start]
  let length = start.length + end.length
  for (let index = 0; length < maxLength - 30; index += 1) {
    const next = part(index)
    parts.push(next)
    length += next.length
  }
  return `${parts.join('')}${end}`
}

/** Parses a mapping. @returns the message of its fault, and the processor time in milliseconds. */
async function refuse(mapping: string) {
  let message: string | undefined
  const timeMs = await measureProcessorTimeMs(async () => {
    message = await messageOf(Promise.resolve().then(() => parseMapping(mapping, registry)))
  })
  return { message, timeMs }
}

const aliasesOfAnchors = () => {
  const indexes = Array.from({ length: 8500 }, (_, index) => index)
  const anchors = indexes.map((index) => `a${index}: &a${index} 1\n`).join('')
  return `${anchors}b: &b [${indexes.map((index) => `*a${index},`).join('')}]\nc: *b\n`
}

const mergeKeys = `%YAML 1.1\n---\na: &a {${Array.from({ length: 19_000 }, (_, index) => `k${index}:,`).join('')}}
b: [${'{<<: *a},'.repeat(490)}]`

describe('a long mapping is refused at once if it has', () => {
  it.each([
    ['thousands of keys', fillText((index) => `k${index}: 1\n`), 'more than 20000 entries'],
    ['thousands of keys in braces', fillText((index) => `k${index},`, '{', '}'), 'more than 20000 entries'],
    ['thousands of long keys', fillText((index) => `key-${index}: 1\n`), 'The mapping has'],
    ['keys with aliases', fillText((index) => `k${index}: *a\n`, 'a: &a 1\n'), 'The mapping has'],
    ['aliases of many anchors', aliasesOfAnchors(), 'The mapping has'],
    ['anchors that are never used', fillText((index) => `k${index}: &a${index} 1\n`), 'The mapping has'],
    ['merge keys of YAML 1.1', mergeKeys, 'too many aliases'],
    ['open brackets only', '['.repeat(maxLength), 'more than 50 levels'],
    ['closing brackets only', ']'.repeat(maxLength), 'more than 20000 entries'],
    ['nested braces only', '{a: '.repeat(maxLength / 4), 'more than 50 levels'],
    ['thousands of errors in one line', fillText(() => '@12345678901,', '['), 'cannot be parsed at line'],
  ])('%s', async (_what, mapping, expected) => {
    expect(mapping.length).toBeLessThanOrEqual(maxLength)
    const { message, timeMs } = await refuse(mapping)
    expect(message).toContain(expected)
    expect(timeMs).toBeLessThan(maxTimeMs)
  })
})

describe('a mapping that', () => {
  it.each([
    ['is nested too deeply', 'records: '.concat('{country: '.repeat(60), '}'.repeat(60)), '50 levels'],
    ['has an alias of an object within this object', 'when: &a {b: *a}', '50 levels'],
    ['has an alias without an anchor', 'when: *a', 'Unresolved alias'],
    [
      'has half of a surrogate pair',
      String.raw`scheme: x
when: {a: "\ud83d\ude00", b: {not: "\ude00"}}`,
      'line 2, column 36: A text has half of a surrogate pair',
    ],
    [
      'has half of a surrogate pair in a key',
      String.raw`"a\ud83d": x`,
      'line 1, column 1: A text has half of a',
    ],
    ['has a key twice', 'scheme: x\nwhen: {a: 1, a: 2}', 'line 2, column 14: Map keys must be unique'],
    [
      'has a number twice as a key',
      'scheme: x\nwhen: {1: a, "1": b}',
      'line 2, column 14: Map keys must be unique',
    ],
    [
      'has an alias of a key as a key',
      'scheme: x\nwhen: {&k a: 1, *k : 2}',
      'line 2, column 17: Map keys must be unique',
    ],
  ])('%s is refused', async (_what, mapping, expected) => {
    expect((await refuse(mapping)).message).toContain(expected)
  })
})
