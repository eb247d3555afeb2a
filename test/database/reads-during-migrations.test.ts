// @module-tag slow

import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { lockAllTables } from '../../src/database/table-locks.ts'
import { exportArchive } from '../../src/features/archive/export.ts'
import { inSnapshot } from '../../src/features/integrity/read-all.ts'
import { waitUntilBlocked } from '../support/blocked-sessions.ts'
import { openTestDatabase } from '../support/database.ts'

const countAgreements = 'select count(*)::int as count from agreements'

const reads: [string, (database: Database) => Promise<unknown>][] = [
  [
    'a read of several statements',
    (database) => database.readTransaction('', (tx) => tx.query({ text: countAgreements })),
  ],
  [
    'an export',
    async (database) => {
      const session = await database.copy('')
      const stream = await session.start(`copy (${countAgreements}) to stdout`, 'copy')
      const found = await text(stream)
      await session.close()
      return found
    },
  ],
  [
    'an archive',
    async (database) => {
      let archive = ''
      await exportArchive(database, async (chunks) => {
        archive = await text(Readable.from(chunks))
      })
      return archive.split('\n').length
    },
  ],
  [
    'a verification',
    (database) =>
      database.maintain((client) =>
        inSnapshot(client, async () => (await client.query(countAgreements)).rows),
      ),
  ],
]

it.each(reads)('%s that begins during a migration finds the records of rewritten tables', async (_, read) => {
  const { database, pool, close } = await openTestDatabase()
  onTestFinished(close)
  const expected = await read(database)
  const reading = await database.maintain(async (client) => {
    await client.query('begin')
    await lockAllTables(client)
    const started = read(database)
    await waitUntilBlocked(pool)
    // PostgreSQL rewrites the table, and shows none of its rows to a snapshot of before the commit.
    await client.query(`alter table agreements add column rewritten uuid default gen_random_uuid();
      alter table agreements drop column rewritten`)
    await client.query('commit')
    return { started }
  })
  expect(await reading.started).toEqual(expected)
})
