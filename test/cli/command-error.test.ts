import { expect, it } from 'vitest'
import { toOperationalError } from '../../src/cli/command-error.ts'
import { Problem } from '../../src/problems/problem.ts'

it.each([
  [20, undefined],
  [21, '… and 1 more'],
  // A problem lists 100 faults, and counts the others.
  [150, '… and 130 more'],
])('an error of the command line with %i faults lists 20 and the number of the others', (count, more) => {
  const errors = Array.from({ length: count }, (_, index) => ({
    pointer: `/${index}`,
    code: 'invalid',
    message: 'is wrong',
  }))
  const listed = errors.slice(0, 20).map(({ pointer }) => `${pointer} is wrong`)
  expect(
    toOperationalError(new Problem('invalid-body', 'The mapping has faults.', { errors })),
  ).toMatchObject({
    message: ['The mapping has faults.', ...listed, ...(more === undefined ? [] : [more])].join('\n  '),
  })
})
