// @module-tag slow

import { expect, it, onTestFinished } from 'vitest'
import { openDatabaseAt } from '../../src/database/database.ts'
import { isConnectionError } from '../../src/database/errors.ts'
import { openEmptyDatabase } from '../support/database.ts'
import { generousOptions } from '../support/database-options.ts'
import { openProxy } from '../support/proxy.ts'

/** Connections that stall right after the login, as through PgBouncer while it waits for a server. */

async function openStalling() {
  const { url, close } = await openEmptyDatabase()
  onTestFinished(close)
  const proxy = await openProxy(url)
  onTestFinished(() => proxy.close())
  proxy.stallAfterLogin()
  return { url, proxy }
}

it('a read fails soon if its connection stalls after the login, and the connection is replaced', async () => {
  const { proxy } = await openStalling()
  const database = openDatabaseAt(proxy.url, { ...generousOptions, maxConnections: 1, acquireTimeoutMs: 500 })
  onTestFinished(() => database.close())
  const read = () => database.read<{ one: number }>({ text: 'select 1 as one' })
  await expect(read()).rejects.toSatisfy(isConnectionError)
  proxy.acceptConnections()
  expect(await read()).toEqual([{ one: 1 }])
})

it('a listener whose connection stalls after the login reports this, and connects again', async () => {
  const { url, proxy } = await openStalling()
  const database = openDatabaseAt(url, { ...generousOptions, listenUrl: proxy.url })
  onTestFinished(() => database.close())
  const events: string[] = []
  await database.listen('a_channel', {
    onNotification: () => {},
    onConnect: () => events.push('connected'),
    onDisconnect: (reason) => events.push(reason),
  })
  await expect.poll(() => events, { timeout: 3000 }).toEqual(['PostgreSQL did not respond within 1000 ms'])
  proxy.acceptConnections()
  await expect.poll(() => events.at(-1), { timeout: 5000 }).toBe('connected')
})
