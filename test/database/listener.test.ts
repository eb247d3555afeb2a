// @module-tag slow

import { expect, it, onTestFinished, vi } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { openProxy } from '../support/proxy.ts'

it('a listener reports notifications, a silent connection loss within 1.5 s, and reconnection', async () => {
  const { url, pool, close } = await openEmptyDatabase()
  onTestFinished(close)
  const proxy = await openProxy(url)
  onTestFinished(() => proxy.close())
  const events: string[] = []
  const database = openDatabaseAt(url, { ...generousOptions, listenUrl: proxy.url })
  onTestFinished(() => database.close())
  await database.listen('a_channel', {
    onNotification: () => events.push('notified'),
    onConnect: () => events.push('connected'),
    onDisconnect: () => events.push('lost'),
  })
  await expect.poll(() => events).toEqual(['connected'])
  await pool.query('notify a_channel')
  await expect.poll(() => events).toEqual(['connected', 'notified'])

  proxy.stall()
  await expect.poll(() => events, { timeout: 1500 }).toContain('lost')
  await expect.poll(() => events.at(-1), { timeout: 5000 }).toBe('connected')
  await pool.query('notify a_channel')
  await expect.poll(() => events).toEqual(['connected', 'notified', 'lost', 'connected', 'notified'])
})

it('a closed subscription gets no further notification', async () => {
  const { url, pool, close } = await openEmptyDatabase()
  onTestFinished(close)
  const database = openDatabaseAt(url, generousOptions)
  onTestFinished(() => database.close())
  const events: string[] = []
  const subscribe = (name: string) =>
    database.listen('a_channel', { onNotification: () => events.push(name), onConnect: () => {} })
  const closed = await subscribe('closed')
  await subscribe('open')
  const notify = async () => void (await pool.query('notify a_channel'))
  // The listener connects in the background, and misses earlier notifications.
  await vi.waitFor(async () => {
    await notify()
    expect(events).toContain('open')
  })
  expect(events).toContain('closed')
  await closed.close()
  events.length = 0
  await notify()
  // The listener notifies its subscriptions in the order in which they were opened.
  await expect.poll(() => events).toContain('open')
  expect(events).not.toContain('closed')
})

it('a subscription gets notifications if it is opened while the last other one is being closed', async () => {
  const { url, pool, close } = await openEmptyDatabase()
  onTestFinished(close)
  const database = openDatabaseAt(url, generousOptions)
  onTestFinished(() => database.close())
  const events: string[] = []
  const onNotification = () => events.push('notified')
  const first = await database.listen('a_channel', {
    onNotification: () => {},
    onConnect: () => events.push('first'),
  })
  await expect.poll(() => events).toEqual(['first'])
  const closing = first.close()
  await database.listen('a_channel', { onNotification, onConnect: () => events.push('second') })
  await closing
  await expect.poll(() => events).toEqual(['first', 'second'])
  await pool.query('notify a_channel')
  await expect.poll(() => events.at(-1)).toBe('notified')
})
