import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OperationalError } from '../../src/operational-error.ts'
import { runInProcess } from '../support/command-line.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

/** Commands that write, on a database that accepts no changes, such as a standby. */

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

describe('on a read-only database, a command that writes fails with one line that says so', () => {
  it.each([
    [['key', 'create', '--name', 'A', '--role', 'admin']],
    [['key', 'revoke', 'ent_00000000']],
    [['generate', '--agreements', '1']],
    // Any file: the command fails before it parses the file.
    [['import', 'iati', 'test/cli/read-only-database.test.ts']],
  ])('%j', async (words) => {
    const url = new URL(database.url)
    url.searchParams.set('options', '-c default_transaction_read_only=on')
    const refusal = runInProcess(words, { DATABASE_URL: url.href.replaceAll('+', '%20') })
    await expect(refusal).rejects.toBeInstanceOf(OperationalError)
    await expect(refusal).rejects.toThrow(
      /^The database is read-only at the moment\. \(PostgreSQL: cannot execute \w+[\w ]* in a read-only transaction\)$/,
    )
  })
})
