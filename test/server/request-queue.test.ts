import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { RequestQueue } from '../../src/server/request-queue.ts'

/** A queue that lists the addresses of the requests that have begun. */
function openQueue() {
  const queue = new RequestQueue()
  const begun: string[] = []
  const send = (address: string) =>
    queue.add(
      () => address,
      () => begun.push(address),
    )
  return { queue, begun, send }
}

const waitTurns = async (count: number) => {
  for (let number = 0; number < count; number += 1) await turn()
}

describe('the queue of requests', () => {
  it('starts a request at once while there is time in the turn', () => {
    const { begun, send } = openQueue()
    send('a')
    send('b')
    expect(begun).toEqual(['a', 'b'])
  })

  it('lets addresses take turns when a turn is full', async () => {
    const { queue, begun, send } = openQueue()
    const fill = () => {
      const end = performance.now() + 5
      while (performance.now() < end);
    }
    queue.add(() => 'a', fill)
    for (const address of ['a', 'a', 'a', 'b']) send(address)
    expect(begun).toEqual([])
    await waitTurns(20)
    expect(begun).toEqual(['a', 'b', 'a', 'a'])
  })

  /** Opens a connection in each of some turns. */
  const openConnections = async (queue: RequestQueue, address: string, count: number) => {
    for (let number = 0; number < count; number += 1) {
      queue.connectionOpened(address)
      await turn()
    }
  }

  it('starts the request of a new connection in the turn in which no other is opened', async () => {
    const { queue, begun, send } = openQueue()
    await openConnections(queue, 'a', 1)
    send('a')
    expect(begun).toEqual([])
    await turn()
    expect(begun).toEqual(['a'])
  })

  it('lets the requests of an address wait while it opens a connection in each turn', async () => {
    const { queue, begun, send } = openQueue()
    await openConnections(queue, 'a', 5)
    send('a')
    send('a')
    queue.connectionOpened('a')
    await turn()
    expect(begun).toEqual([])
    await waitTurns(20)
    expect(begun).toEqual(['a', 'a'])
  })

  it('starts one request of other addresses in each turn meanwhile', async () => {
    const { queue, begun, send } = openQueue()
    await openConnections(queue, 'a', 11)
    for (const address of ['b', 'a', 'b', 'c']) send(address)
    expect(begun).toEqual(['b'])
    await openConnections(queue, 'a', 3)
    expect(begun.length).toBeLessThanOrEqual(3)
    expect(begun).not.toContain('a')
    await waitTurns(20)
    expect(begun.toSorted()).toEqual(['a', 'b', 'b', 'c'])
  })

  it('starts the requests of an address after 250 ms, though it goes on opening connections', async () => {
    const { queue, begun, send } = openQueue()
    const startedAt = performance.now()
    while (begun.length === 0 && performance.now() - startedAt < 5000) {
      queue.connectionOpened('a')
      send('a')
      await turn()
    }
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(250)
    expect(begun.length).toBeGreaterThan(0)
  })
})
