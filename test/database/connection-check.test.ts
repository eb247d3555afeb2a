import { describe, expect, it } from 'vitest'
import { openPool } from '../../src/database/pool.ts'
import { reach } from '../../src/database/reach.ts'
import { openEmptyDatabase } from '../support/database.ts'

async function reason(url: string): Promise<string> {
  const pool = openPool(url, 1)
  try {
    await reach(pool, url)
    return ''
  } catch (error) {
    return String(error)
  } finally {
    await pool.end()
  }
}

describe('a DATABASE_URL that leads nowhere is explained in one line', () => {
  it('when no machine has the name', async () => {
    expect(await reason('postgresql://user:secret@nowhere.invalid/db')).toBe(
      'StartupError: DATABASE_URL: no machine is known by the name of nowhere.invalid:5432',
    )
  })

  it('when nothing listens on the port', async () => {
    expect(await reason('postgresql://user:secret@127.0.0.1:1/db')).toBe(
      'StartupError: DATABASE_URL: nothing listens at 127.0.0.1:1; is PostgreSQL running there?',
    )
  })

  it('when the user, the password or the database is wrong', async () => {
    const database = await openEmptyDatabase()
    try {
      const url = (change: Partial<Pick<URL, 'username' | 'password' | 'pathname'>>) =>
        Object.assign(new URL(database.url), change).href
      const user = await reason(url({ username: 'nobody_known', password: 'secret' }))
      expect(user).toMatch(
        /^StartupError: DATABASE_URL: PostgreSQL at \S+ refuses the connection: [^\n]+"nobody_known"/,
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
