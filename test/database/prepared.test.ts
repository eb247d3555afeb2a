import { expect, it, onTestFinished } from 'vitest'
import { openPool } from '../../src/database/pool.ts'
import { openTestDatabase } from '../support/database.ts'

/** Prepared statements on a connection, however many shapes of queries clients send. */

async function openOneConnection() {
  const database = await openTestDatabase()
  onTestFinished(database.close)
  const pool = openPool(database.url, 1)
  onTestFinished(() => pool.end())
  const ask = async (at: number) => {
    const { rows } = await pool.query<{ shape: number; value: number }>({
      name: `shape-${at}`,
      text: `select ${at} as shape, $1::int as value`,
      values: [at * 2],
    })
    expect(rows).toEqual([{ shape: at, value: at * 2 }])
  }
  const kept = async () => {
    const { rows } = await pool.query<{ name: string }>('select name from pg_prepared_statements')
    return rows.map(({ name }) => name)
  }
  return { pool, ask, kept }
}

it('are bounded: the least recently used is dropped, and prepared again when it is needed', async () => {
  const { ask, kept } = await openOneConnection()
  for (let at = 0; at < 500; at += 1) {
    await ask(at)
    await ask(0)
  }
  const names = await kept()
  expect(names).toHaveLength(200)
  expect(names).toContain('shape-0')
  expect(names).not.toContain('shape-1')
  await ask(1)
  expect(await kept()).toContain('shape-1')
})

it('are forgotten in a transaction that has failed, too, and leave the connection in order', async () => {
  const { pool, ask, kept } = await openOneConnection()
  for (let at = 0; at < 200; at += 1) await ask(at)
  const client = await pool.connect()
  await client.query('begin')
  await expect(client.query('select 1/0')).rejects.toThrow('division by zero')
  await expect(client.query({ name: 'one-more', text: 'select 1' })).rejects.toThrow('aborted')
  await client.query('rollback')
  client.release()
  expect(await kept()).not.toContain('shape-0')
  await ask(0)
})
