import pg from 'pg'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { mayHaveLostSession, toProblem } from '../../src/database/errors.ts'
import { generousOptions } from '../support/database-options.ts'

/** An error of PostgreSQL with a SQLSTATE. */
function databaseError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('message of PostgreSQL', 0, 'error')
  error.code = code
  return error
}

describe('the problem of a database error', () => {
  it.each([
    ['57P03', 'The database is starting or shutting down.'],
    ['57P01', 'The database cancelled the statement or is shutting down.'],
    ['42P01', 'The schema of the database is incomplete, such as while a backup is restored into it.'],
    ['25006', 'The database is read-only at the moment.'],
    ['42501', 'The disk of the database is read-only.'],
  ])('for SQLSTATE %s is 503 and says: %s', (code, detail) => {
    const problem = toProblem(new Error('statement failed', { cause: databaseError(code) }))
    expect(problem).toMatchObject({ type: 'unavailable', message: detail, headers: { 'retry-after': '1' } })
  })

  it('that prevents a connection, such as an error of TLS, is 503', async () => {
    const url = new URL(inject('postgres').url)
    url.searchParams.set('sslrootcert', '/missing.pem')
    const database = openDatabaseAt(url.href, generousOptions)
    onTestFinished(() => database.close())
    const error = await database.read({ text: 'select' }).catch((reason: unknown) => reason)
    expect(toProblem(error)).toMatchObject({
      type: 'unavailable',
      message: 'The database cannot be reached.',
    })
  })

  it.each(['53100', '42501'])('with SQLSTATE %s leaves the outcome of a commit unknown', (code) => {
    // PostgreSQL ends all sessions when it cannot write its log: on a full disk, and on a read-only one.
    expect(mayHaveLostSession(databaseError(code))).toBe(true)
  })

  it('of a lacking permission is not sent to clients, and does not lose the session', () => {
    const error = databaseError('42501')
    error.routine = 'aclcheck_error'
    expect(toProblem(error)).toBeUndefined()
    expect(mayHaveLostSession(error)).toBe(false)
  })

  it('of an unknown SQLSTATE is not sent to clients', () => {
    expect(toProblem(databaseError('XX000'))).toBeUndefined()
  })
})
