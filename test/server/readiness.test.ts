import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, startTestApi } from '../support/api.ts'
import { simulateIncompatibleMigration } from '../support/first-migrations.ts'

/** What `/readyz` says about the schema of the database. */

let api: Api
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api.close())

it('/readyz of a process says whether the database lacks migrations or is too new', async () => {
  expect((await api.get('/readyz')).json()).toEqual({ status: 'ok' })
  await api.pool.query(`create table removed as select * from drizzle.__drizzle_migrations;
    delete from drizzle.__drizzle_migrations`)
  const unavailable = { type: '/problems/unavailable', status: 503 }
  expect((await api.get('/readyz')).json()).toMatchObject({
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
