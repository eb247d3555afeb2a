import { expect, it, onTestFinished } from 'vitest'
import { startTestApi } from '../support/api.ts'
import { createRecord, resourceOf } from '../support/documents.ts'

it('changes that wait for a lock leave connections for reads', async () => {
  const api = await startTestApi({ env: { POOL_SIZE: '4', CACHE_MB: '0' } })
  onTestFinished(() => api.close())
  const source = await createRecord(resourceOf('sources'), api)
  const blocker = await api.pool.connect()
  await blocker.query('begin')
  await blocker.query('update sources set title = title where id = $1', [source.key])

  const changes = Array.from({ length: 8 }, (_, index) => api.patch(source.path, { title: `Title ${index}` }))
  const waiting = async () =>
    (
      await api.pool.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      )
    ).rowCount
  await expect.poll(waiting).toBe(3)
  const reads = await Promise.all(Array.from({ length: 10 }, () => api.get('/v1/topics?limit=1')))
  expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]))
  expect(await waiting()).toBe(3)

  await blocker.query('rollback')
  blocker.release()
  const statuses = (await Promise.all(changes)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200]))
})
