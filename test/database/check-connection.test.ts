import { describe, expect, it } from 'vitest'
import { checkConnection } from '../../src/database/check-connection.ts'
import { openPool } from '../../src/database/database.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'

async function reason(url: string): Promise<string> {
  const pool = openPool(url, generousOptions)
  try {
    await checkConnection(pool, url)
    return ''
  } catch (error) {
    return String(error)
  } finally {
    await pool.close()
  }
}

describe('a DATABASE_URL that leads nowhere is explained in one line', () => {
  it('when no machine has the name', async () => {
    expect(await reason('postgresql://user:secret@nowhere.invalid/db')).toBe(
      'StartupError: DATABASE_URL: cannot resolve host name "nowhere.invalid"',
    )
  })

  it('when nothing listens on the port', async () => {
    expect(await reason('postgresql://user:secret@127.0.0.1:1/db')).toBe(
      'StartupError: DATABASE_URL: connection refused at 127.0.0.1:1; is PostgreSQL running there?',
    )
  })

  it('when the user, the password or the database is wrong', async () => {
    const database = await openEmptyDatabase()
    try {
      const url = (change: Partial<Pick<URL, 'username' | 'password' | 'pathname'>>) =>
        Object.assign(new URL(database.url), change).href
      const user = await reason(url({ username: 'nobody_known', password: 'secret' }))
      expect(user).toMatch(
        /^StartupError: DATABASE_URL: PostgreSQL at \S+ refused the connection: [^\n]+"nobody_known"/,
      )
      expect(user).not.toContain('secret')
      expect(await reason(url({ pathname: '/no_such_database' }))).toMatch(
        /database "no_such_database" does not exist$/,
      )
      expect(await reason(database.url)).toBe('')
    } finally {
      await database.close()
    }
  })
})
