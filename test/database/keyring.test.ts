import { expect, it, onTestFinished, vi } from 'vitest'
import { openKeyring } from '../../src/database/keyring.ts'

it('a keyring does not retry a load that was in progress when it was closed, and then failed', async () => {
  vi.useFakeTimers()
  onTestFinished(() => {
    vi.useRealTimers()
  })
  let failLoad = () => {}
  const read = vi.fn(
    () =>
      new Promise<never>((_, reject) => {
        failLoad = () => reject(new Error('the database was closed'))
      }),
  )
  const keyring = openKeyring({
    read,
    transaction: () => Promise.reject(new Error('this test uses no key, so no transaction is expected')),
    listen: async (_channel, { onConnect }) => {
      onConnect?.()
      return { verifiedAt: 0, verify: async () => {}, close: async () => {} }
    },
  })
  await keyring.close()
  failLoad()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(read).toHaveBeenCalledTimes(1)
})
