import { expect, it, onTestFinished, vi } from 'vitest'
import { useTestApi } from '../support/api.ts'
import { simulateIncompatibleMigration } from '../support/first-migrations.ts'

/** What `/readyz` says about the database. */

const api = useTestApi()

it('/readyz says after a minute that the database is now read-only for new sessions', async () => {
  const realTick = performance.now.bind(performance)
  let aheadMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => realTick() + aheadMs)
  onTestFinished(() => {
    vi.restoreAllMocks()
  })
  const { rows } = await api.pool.query<{ name: string }>('select current_database() as name')
  const database = `"${rows[0]?.name}"`
  const status = async () => (await api.get('/readyz')).json<{ status: string }>().status
  expect(await status()).toBe('ok')
  await api.pool.query(`alter database ${database} set default_transaction_read_only = on`)
  expect(await status()).toBe('ok')
  aheadMs = 61_000
  await expect.poll(status).toBe('read_only')
  await api.pool.query(`alter database ${database} reset default_transaction_read_only`)
  aheadMs += 2000
  await expect.poll(status).toBe('ok')
})

it('/readyz of a process says whether the database lacks migrations or is too new', async () => {
  expect((await api.get('/readyz')).json()).toEqual({ status: 'ok' })
  await api.pool.query(`create table removed as select * from drizzle.__drizzle_migrations;
    delete from drizzle.__drizzle_migrations`)
  const unavailable = { type: '/problems/unavailable', status: 503 }
  const refused = await api.get('/readyz')
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.json()).toMatchObject({
    ...unavailable,
    detail:
      'The database lacks migrations of this version of Entente. Run `entente migrate`, or restart the service, which migrates at its start.',
  })
  await api.pool.query('insert into drizzle.__drizzle_migrations select * from removed')
  await simulateIncompatibleMigration(api.pool)
  expect((await api.get('/readyz')).json()).toMatchObject({
    ...unavailable,
    detail:
      'The database has migrations with which this version of Entente cannot work. Run the version that applied them, or use another database.',
  })
})

it('requests get 503 while a table is missing, as during the restore of a backup', async () => {
  await api.pool.query('alter table records rename to removed_records')
  onTestFinished(async () => {
    await api.pool.query('alter table removed_records rename to records')
  })
  const refused = await api.get('/v1/topics/energy')
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.json()).toMatchObject({ type: '/problems/unavailable', status: 503 })
})
