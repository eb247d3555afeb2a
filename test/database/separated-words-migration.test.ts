// @module-tag slow

import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../src/database/migrate.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { runFirstMigrations } from '../support/first-migrations.ts'

/** Number of migrations before the first migration that separates words by further characters. */
const migrationsBefore = 35

it('migrations index words beside signs and points, now and in the past, without new versions', async () => {
  const { pool, database, close } = await openEmptyDatabase()
  onTestFinished(close)
  await runFirstMigrations(pool, migrationsBefore)
  await pool.query(`insert into agreements (title, kind) values
    ('alpha\u00a0beta', 'other'), ('<gamma delta>', 'other'), ('epsilon·zeta', 'other'), ('plain eta', 'other'), ('P.R.Iota', 'other')`)
  await pool.query(`update agreements set title = 'theta' where title like 'epsilon%' or title like '%Iota'`)
  const state = () =>
    pool.query(`select records.id, version, updated_at, agreements.row_start, title
      from records join agreements using (id) order by title`)
  const before = await state()
  await migrate(database)

  const titles = async (schema: string, word: string) => {
    const text = `select title from ${schema}.agreements where search @@ to_tsquery('english', $1)`
    return (await pool.query<{ title: string }>(text, [word])).rows.map(({ title }) => title)
  }
  expect(await titles('public', 'beta')).toEqual(['alpha\u00a0beta'])
  expect(await titles('public', 'gamma')).toEqual(['<gamma delta>'])
  expect(await titles('history', 'zeta')).toEqual(['epsilon·zeta'])
  expect(await titles('history', 'iota')).toEqual(['P.R.Iota'])
  expect((await state()).rows).toEqual(before.rows)
})
