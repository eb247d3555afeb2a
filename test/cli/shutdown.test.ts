import { expect, it } from 'vitest'
import { Shutdown } from '../../src/cli/shutdown.ts'

/** What a command closes when it ends, such as its database. */

it.each(['close', 'interrupt'] as const)(
  '%s closes everything in reverse order even if something cannot be closed',
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

it('interrupt aborts the work, and closes only what would outlive the process', async () => {
  const shutdown = new Shutdown()
  const closed: string[] = []
  shutdown.onClose(async () => void closed.push('server'), { outlivesProcess: true })
  shutdown.onClose(async () => void closed.push('pool'))
  await shutdown.interrupt()
  expect(shutdown.signal.aborted).toBe(true)
  expect(closed).toEqual(['server'])
})
