import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OperationalError } from '../../src/operational-error.ts'
import { runInProcess } from '../support/command-line.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

/** Commands on a migrated database that accepts no changes, such as a standby. */

let database: TestDatabase
let env: { DATABASE_URL: string }
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entente-read-only-test-'))
  database = await openTestDatabase()
  const url = new URL(database.url)
  url.searchParams.set('options', '-c default_transaction_read_only=on')
  env = { DATABASE_URL: url.href.replaceAll('+', '%20') }
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

describe('on a read-only database, a command that writes fails with one line that says so', () => {
  it.each([
    [['key', 'create', '--name', 'A', '--role', 'admin']],
    [['key', 'revoke', 'ent_00000000']],
    [['generate', '--agreements', '1']],
    // Any file: the command fails before it parses the file.
    [['import', 'iati', 'test/cli/read-only-database.test.ts']],
  ])('%j', async (words) => {
    const refusal = runInProcess(words, env)
    await expect(refusal).rejects.toBeInstanceOf(OperationalError)
    await expect(refusal).rejects.toThrow(
      /^The database is read-only at the moment\. \(PostgreSQL: cannot execute \w+[\w ]* in a read-only transaction\)$/,
    )
  })
})

describe('on a read-only database, a command that only reads succeeds, and so does migrate', () => {
  it.each([[['verify']], [['export', '--all', 'new.archive']], [['key', 'list']], [['migrate']]])(
    '%j',
    async (words) => {
      const inFolder = words.map((word) => (word.endsWith('.archive') ? join(folder, word) : word))
      await expect(runInProcess(inFolder, env)).resolves.toBeTypeOf('string')
    },
  )
})
