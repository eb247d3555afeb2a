import { setImmediate as nextIteration } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { RequestQueue } from '../../src/server/request-queue.ts'

/** Opens a queue, and collects the addresses of the requests that have started. */
function openQueue() {
  const queue = new RequestQueue()
  const started: string[] = []
  const send = (address: string) =>
    queue.add(
      () => address,
      () => started.push(address),
    )
  return { queue, started, send }
}

const waitForIterations = async (count: number) => {
  for (let number = 0; number < count; number += 1) await nextIteration()
}

describe('the queue of requests', () => {
  it('starts a request immediately while the iteration of the event loop has time left', () => {
    const { started, send } = openQueue()
    send('a')
    send('b')
    expect(started).toEqual(['a', 'b'])
  })

  it('starts the requests of addresses in rotation when an iteration has no time left', async () => {
    const { queue, started, send } = openQueue()
    const exceedTime = () => {
      const end = performance.now() + 5
      while (performance.now() < end);
    }
    queue.add(() => 'a', exceedTime)
    for (const address of ['a', 'a', 'a', 'b']) send(address)
    expect(started).toEqual([])
    await waitForIterations(20)
    expect(started).toEqual(['a', 'b', 'a', 'a'])
  })

  /** Opens connections, one in each iteration of the event loop. */
  const openConnections = async (queue: RequestQueue, address: string, count: number) => {
    for (let number = 0; number < count; number += 1) {
      queue.connectionOpened(address)
      await nextIteration()
    }
  }

  it('starts the request of a new connection in the first iteration without a new connection', async () => {
    const { queue, started, send } = openQueue()
    await openConnections(queue, 'a', 1)
    send('a')
    expect(started).toEqual([])
    await nextIteration()
    expect(started).toEqual(['a'])
  })

  it('lets the requests of an address wait while it opens a connection in each iteration', async () => {
    const { queue, started, send } = openQueue()
    await openConnections(queue, 'a', 5)
    send('a')
    send('a')
    queue.connectionOpened('a')
    await nextIteration()
    expect(started).toEqual([])
    await waitForIterations(20)
    expect(started).toEqual(['a', 'a'])
  })

  it('starts one request of other addresses per iteration during a burst of connections', async () => {
    const { queue, started, send } = openQueue()
    await openConnections(queue, 'a', 11)
    for (const address of ['b', 'b', 'a', 'c', 'b', 'c']) send(address)
    const counts: number[] = []
    for (let iteration = 0; iteration < 5; iteration += 1) {
      counts.push(started.length)
      await openConnections(queue, 'a', 1)
    }
    expect(counts).toEqual([1, 2, 3, 4, 5])
    expect(started).toEqual(['b', 'b', 'c', 'b', 'c'])
    await waitForIterations(20)
    expect(started).toEqual(['b', 'b', 'c', 'b', 'c', 'a'])
  })

  it('starts the requests of an address after 250 ms if it continues to open connections', async () => {
    const { queue, started, send } = openQueue()
    const clock = vi.spyOn(performance, 'now')
    onTestFinished(() => clock.mockRestore())
    const openConnectionAt = async (ms: number) => {
      clock.mockReturnValue(ms)
      queue.connectionOpened('a')
      await nextIteration()
    }
    await openConnectionAt(0)
    send('a')
    await openConnectionAt(249)
    expect(started).toEqual([])
    await openConnectionAt(250)
    expect(started).toEqual(['a'])
  })
})
