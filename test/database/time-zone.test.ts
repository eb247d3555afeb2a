// @module-tag slow

import { expect, it, onTestFinished } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { buildApp } from '../../src/server/app.ts'
import { readTestConfig } from '../support/app.ts'
import { openTestDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'

it('responses do not depend on the time zone and the date style of the database', async () => {
  const { url, pool, close } = await openTestDatabase()
  onTestFinished(close)
  for (const [index, hour] of ['12', '16', '23'].entries()) {
    await pool.query("insert into topics (slug, name, scheme) values ($1, $1, 'domain')", [`zone-${index}`])
    // Only the service may set the creation time of a record.
    await pool.query(
      `begin; set local entente.writer = 'service';
       update records set created_at = '2020-01-01T${hour}:00:00Z' where key = 'zone-${index}'; commit`,
    )
  }
  const tokyoDatabase = openDatabaseAt(url, generousOptions)
  onTestFinished(() => tokyoDatabase.close())
  // Settings in the URL have precedence over those of the database.
  const utcUrl = new URL(url)
  utcUrl.searchParams.set('options', '-c timezone=UTC')
  const utcDatabase = openDatabaseAt(utcUrl.href, generousOptions)
  onTestFinished(() => utcDatabase.close())
  const config = readTestConfig({ DATABASE_URL: url, CACHE_MB: '0' })
  const utcApp = await buildApp({ config, database: utcDatabase })
  onTestFinished(async () => utcApp.close())
  const name = new URL(url).pathname.slice(1)
  await pool.query(`alter database ${name} set timezone = 'Asia/Tokyo'`)
  await pool.query(`alter database ${name} set datestyle = 'SQL, DMY'`)
  const tokyoApp = await buildApp({ config, database: tokyoDatabase })
  onTestFinished(async () => tokyoApp.close())
  const readZone = { text: "select current_setting('TimeZone') as zone" }
  expect(await tokyoDatabase.read(readZone)).toEqual([{ zone: 'Asia/Tokyo' }])
  expect(await utcDatabase.read(readZone)).toEqual([{ zone: 'UTC' }])

  const readFromBoth = async (path: string) => {
    const [one, other] = [(await utcApp.inject(path)).json(), (await tokyoApp.inject(path)).json()]
    expect(other).toEqual(one)
    return one
  }
  const before = await readFromBoth(
    '/v1/topics?createdAt[lt]=2020-01-02&fields=slug,createdAt,updatedAt&sort=createdAt',
  )
  expect(before.data.map(({ slug }: { slug: string }) => slug)).toEqual(['zone-0', 'zone-1', 'zone-2'])
  const moment = await readFromBoth('/v1/topics?createdAt[lt]=2020-01-01T18:00:00%2B02:00&fields=slug')
  expect(moment.data).toEqual([{ slug: 'zone-0' }])
  const search = { where: { createdAt: { gte: '2020-01-02', lt: '2020-01-03' } } }
  for (const app of [utcApp, tokyoApp]) {
    const found = await app.inject({ method: 'POST', url: '/v1/topics/search', payload: search })
    expect(found.json().data).toEqual([])
  }
  // A cursor of one service works on the other.
  const first = await readFromBoth('/v1/topics?sort=createdAt&limit=2&fields=slug')
  await readFromBoth(`/v1/topics?sort=createdAt&limit=2&fields=slug&cursor=${first.page.next}`)
  const byDates = '/v1/agreements?sort=-signedOn,updatedAt&include=citations&limit=3'
  for (let next = ''; next !== null; )
    next = (await readFromBoth(`${byDates}${next && `&cursor=${next}`}`)).page.next
})
