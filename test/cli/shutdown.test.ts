import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Shutdown } from '../../src/cli/shutdown.ts'

/** What a command closes when it ends, such as its database. */

it.each(['close', 'interrupt'] as const)(
  '%s closes in reverse order what outlives the process, even if a part cannot be closed',
  async (method) => {
    const shutdown = new Shutdown()
    const closed: string[] = []
    const options = { outlivesProcess: true }
    shutdown.onClose(async () => void closed.push('server'), options)
    shutdown.onClose(async () => {
      throw new Error('the pool cannot be closed')
    }, options)
    shutdown.onClose(async () => void closed.push('file'), options)
    await expect(shutdown[method]()).rejects.toThrow('the pool cannot be closed')
    expect(closed).toEqual(['file', 'server'])
  },
)

it('after its timeout, close waits only for what would outlive the process', async () => {
  const shutdown = new Shutdown()
  const closed: string[] = []
  const closeServer = async () => {
    await sleep(100)
    closed.push('server')
  }
  shutdown.onClose(closeServer, { outlivesProcess: true })
  shutdown.onClose(() => new Promise(() => {}))
  shutdown.onClose(async () => void closed.push('app'))
  await expect(shutdown.close(50)).rejects.toThrow('the service has not stopped within 0.05 s')
  expect(closed).toEqual(['app', 'server'])
})

it('interrupt aborts the work, and closes only what would outlive the process', async () => {
  const shutdown = new Shutdown()
  const closed: string[] = []
  shutdown.onClose(async () => void closed.push('server'), { outlivesProcess: true })
  shutdown.onClose(async () => void closed.push('pool'))
  await shutdown.interrupt()
  expect(shutdown.signal.aborted).toBe(true)
  expect(closed).toEqual(['server'])
})
