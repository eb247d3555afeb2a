import type { Random } from '../../../src/features/generating/random.ts'

/** Texts that attack SQL, headers, paths, regular expressions, prototypes, Unicode handling and parsers. */
export const hostileTexts = [
  '',
  ' ',
  '\u0000',
  "' or 1=1 --",
  "'; drop table agreements; --",
  '$1',
  '%',
  '_%\\',
  '\\',
  '"',
  '`',
  '#{7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '..%2f..%2f',
  'x\r\nx-injected: yes',
  '__proto__',
  'constructor',
  'constructor[prototype][polluted]',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'Infinity',
  '-0',
  '1e309',
  '0x10',
  '99999999999999999999',
  '-1',
  '1.5',
  'true',
  '[]',
  '{}',
  '*',
  '\ud800',
  '\u202e\u2066',
  '\ufeff',
  '\u0130\u0131\u00df',
  'é'.normalize('NFD').repeat(40),
  '中国和巴基斯坦',
  '👩‍👩‍👧‍👦'.repeat(20),
  '(a+)+$',
  'a'.repeat(5000),
  '٠١٢',
  '2011-02-30',
  '0000-00-00',
  '-999999999',
  'Y-17E7',
  '2011-04/..',
  '1984?/2004~',
  '9999-12-31T23:59:60Z',
  '00000000-0000-0000-0000-000000000000',
  '(|&!:*)',
  'a <-> b & !c:*',
]

/** JSON values that attack parsers and validation. */
const hostileValues: unknown[] = [
  ...hostileTexts,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  [],
  {},
  [[[[]]]],
  { toString: 1 },
  JSON.parse('{"__proto__": {"polluted": true}}'),
  { constructor: { prototype: { polluted: true } } },
  Array.from({ length: 300 }, () => 0),
  Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`p${index}`, index])),
]

/** Bodies that are invalid JSON, or unusual JSON. */
export const hostileBodies: (string | Buffer)[] = [
  '',
  ' ',
  'null',
  '[',
  '{"title": "x"',
  '{"title": "a", "title": "b"}',
  '{"title": "\\ud800"}',
  '{"title": "\\u0000"}',
  '{"where": '.repeat(5000),
  '['.repeat(20_000) + ']'.repeat(20_000),
  `{"where":${'{"not":'.repeat(90)}{}${'}'.repeat(90)}}`,
  '{"amount": 1e400}',
  '{"amount": 0.1234567890123456789}',
  '{"n": 123456789012345678901234567890}',
  `{"title": "${'x'.repeat(200_000)}"}`,
  '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
  'a=1&b=2',
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  Buffer.from('\ufeff{}'),
  '{}\n{}\n',
]

/** Returns a value in which one value is replaced with a malicious value, or that has an unknown property. */
export function corrupt(value: unknown, random: Random): unknown {
  const isContainer = typeof value === 'object' && value !== null
  if (!isContainer || random.chance(0.2)) return random.pick(hostileValues)
  if (Array.isArray(value)) {
    if (value.length === 0) return [random.pick(hostileValues)]
    const place = random.between(0, value.length - 1)
    return value.map((item, index) => (index === place ? corrupt(item, random) : item))
  }
  const entries = Object.entries(value)
  if (entries.length === 0 || random.chance(0.2)) {
    return Object.fromEntries([...entries, [random.pick(hostileTexts), random.pick(hostileValues)]])
  }
  const place = random.between(0, entries.length - 1)
  return Object.fromEntries(
    entries.map(([name, item], index) => [name, index === place ? corrupt(item, random) : item]),
  )
}
