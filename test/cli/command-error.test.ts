import pg from 'pg'
import { describe, expect, it } from 'vitest'
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
    toOperationalError(new Problem('invalid-body', 'The mapping has faults.', { errors }), () => {
      throw new Error('the settings are not needed')
    }),
  ).toMatchObject({
    message: ['The mapping has faults.', ...listed, ...(more === undefined ? [] : [more])].join('\n  '),
  })
})

describe('an error of the command line about a lost database', () => {
  const refused = new Error('connect ECONNREFUSED 10.0.0.9:5432')
  const crash = new pg.DatabaseError('terminating connection because of crash', 1, 'error')
  crash.code = '57P02'
  it.each([
    ['of a lost connection', new Error('Connection terminated unexpectedly'), 'Connection terminated'],
    ['of attempts at all addresses', new AggregateError([refused], ''), refused.message],
    ['of PostgreSQL', crash, 'PostgreSQL: terminating connection because of crash'],
  ])('has the reason %s, and the address or the log of the server', (_, cause, reason) => {
    const error = cause instanceof AggregateError ? Object.assign(cause, { code: 'ECONNREFUSED' }) : cause
    const messageWith = (DATABASE_URL?: string) => {
      const wrapped = new Error('Failed query', { cause: error })
      return toOperationalError(wrapped, () => ({ DATABASE_URL, DATA_DIR: '/data' }))
    }
    expect(messageWith('postgresql://user:secret@db.example/entente')).toMatchObject({
      message: expect.stringMatching(
        new RegExp(`^The database .+\\. \\(${reason}.*; the server is at db\\.example:5432\\)$`),
      ),
    })
    expect(messageWith()).toMatchObject({
      message: expect.stringMatching(/; the log of the server is \/data\/postgres\/server\.log\)$/),
    })
  })
})
