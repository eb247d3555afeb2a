import { expect, it } from 'vitest'
import { describeFault } from '../../../src/features/imports/describe-fault.ts'

const long = 'a'.repeat(100)

it.each([
  ['', 'The row has no id.', 'The row has no id'],
  ['PAK', 'is merged.', '"PAK": is merged'],
  ['many', '"many" is not a number.', '"many": is not a number'],
  ['10… 20', '"10… 20" is not a number.', '"10… 20": is not a number'],
  ['10…20', '"10…20" is not a number.', '"10…20": is not a number'],
  [long, `"${long.slice(0, 56)}… is not a number.`, `"${long.slice(0, 56)}…: is not a number`],
  [long, `"${long.slice(0, 60)}" is not known.`, `"${long.slice(0, 56)}…: is not known`],
])('a fault of the value %j, %j, has the value once', (value, detail, description) => {
  expect(describeFault({ column: 'A', value, detail })).toBe(description)
})
