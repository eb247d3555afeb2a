import { expect, it, onTestFinished, vi } from 'vitest'
import { Changes } from '../../src/database/changes.ts'
import { everything, type ListenHandler, type Subscription } from '../../src/database/database.ts'

/** Opens the counter of changes on a subscription that the test controls. */
async function openChanges(verify = async (_subscription: { verifiedAt: number }) => {}) {
  let handler: ListenHandler | undefined
  let commit = (_announced: string[]) => {}
  const subscription: { verifiedAt: number } & Subscription = {
    verifiedAt: Number.NEGATIVE_INFINITY,
    verify: () => verify(subscription),
    close: async () => {},
  }
  const changes = new Changes(
    {
      listen: async (_channel, added) => {
        handler = added
        return subscription
      },
      onCommit: (added) => {
        commit = added
      },
    },
    { info: () => {}, warn: () => {} },
  )
  changes.open()
  await vi.waitUntil(() => handler)
  return { changes, handler, commit: (announced: string[]) => commit(announced) }
}

it('a change makes only what was read from its resource stale', async () => {
  const { changes, handler, commit } = await openChanges()
  const { generation } = changes
  commit(['topics'])
  expect(changes.hasChanged(['topics', 'regions'], generation)).toBe(true)
  expect(changes.hasChanged(everything, generation)).toBe(true)
  expect(changes.hasChanged(['regions'], generation)).toBe(false)
  expect(changes.hasChanged(['topics'], changes.generation)).toBe(false)
  handler?.onNotification('regions')
  expect(changes.hasChanged(['regions'], generation)).toBe(true)
})

it('everything counts as changed when the connection for notifications opens or is lost', async () => {
  const { changes, handler } = await openChanges()
  for (const [event, isListening] of [
    [() => handler?.onConnect?.(), true],
    // Notifications may be missed from now on, such as those of redactions.
    [() => handler?.onDisconnect?.('lost'), false],
    [() => handler?.onConnect?.(), true],
  ] as const) {
    const { generation } = changes
    event()
    expect(changes.hasChanged([], generation)).toBe(true)
    expect(changes.isListening).toBe(isListening)
  }
})

it('catchUp succeeds only with a verification that begins after its call', async () => {
  let count = 0
  const verifications: (() => number)[] = []
  const { changes } = await openChanges(async (subscription) => {
    count += 1
    subscription.verifiedAt = verifications.shift()?.() ?? subscription.verifiedAt
  })
  const before = performance.now() - 1
  expect(await changes.catchUp()).toBe(false)
  verifications.push(() => before)
  expect(await changes.catchUp()).toBe(false)
  count = 0
  // The first verification was in progress at the call.
  verifications.push(
    () => before,
    () => performance.now(),
  )
  expect(await changes.catchUp()).toBe(true)
  expect(count).toBe(2)
})

it('data as of a time has the changes that were counted before this time', async () => {
  const now = vi.spyOn(performance, 'now')
  onTestFinished(() => now.mockRestore())
  const { changes, commit } = await openChanges()
  for (const time of [10, 20]) {
    now.mockReturnValue(time)
    commit(['topics'])
  }
  expect([5, 10, 11, 20, 21].map((time) => changes.generationAt(time))).toEqual([0, 0, 1, 1, 2])
})
