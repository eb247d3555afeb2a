import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FairQueue } from '../../src/database/shares/fair-queue.ts'
import { Lanes } from '../../src/database/shares/lanes.ts'
import type { Owner } from '../../src/database/shares/work.ts'
import { anonymousOwner } from '../support/anonymous-owner.ts'

const owner: fc.Arbitrary<Owner> = fc.oneof(
  fc.tuple(fc.constant('anonymous'), fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')),
  fc.tuple(fc.constant('authenticated'), fc.constantFrom('k', 'l')),
  fc.constant(['service']),
)

interface Item {
  owner: Owner
}

/** Returns the number of items whose owner is this one, or belongs to this group. */
const countInGroup = (items: Item[], group: Owner) =>
  items.filter((item) => group.every((name, index) => item.owner[index] === name)).length

it('in each group, the next item belongs to the member with the fewest running items', () => {
  fc.assert(
    fc.property(fc.array(owner), fc.array(owner, { minLength: 1 }), (started, added) => {
      const queue = new FairQueue<Item>()
      const running = started.map((itemOwner) => ({ owner: itemOwner }))
      const waiting = added.map((itemOwner) => ({ owner: itemOwner }))
      for (const item of running) queue.start(item.owner)
      for (const item of waiting) queue.add(item.owner, item)
      while (waiting.length > 0) {
        const item = queue.next()
        if (!item) throw new Error('the queue returned nothing although items wait')
        for (let depth = 0; depth < item.owner.length; depth += 1) {
          const group = item.owner.slice(0, depth)
          const siblings = waiting
            .filter((other) => other.owner.length > depth && countInGroup([other], group) === 1)
            .map((other) => countInGroup(running, other.owner.slice(0, depth + 1)))
          expect(countInGroup(running, item.owner.slice(0, depth + 1))).toBe(Math.min(...siblings))
        }
        // Items of one owner are served in the order in which they were added.
        expect(waiting.find((other) => other.owner.join() === item.owner.join())).toBe(item)
        waiting.splice(waiting.indexOf(item), 1)
        queue.start(item.owner)
        running.push(item)
        expect(queue.waiting).toBe(waiting.length)
        expect(queue.running).toBe(running.length)
      }
      expect(queue.next()).toBeUndefined()
    }),
  )
})

it('no owner starves: with one slot, each of n owners gets one of n consecutive items', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 8 }), (names) => {
      const queue = new FairQueue<Owner>()
      const refill = (name: string) => queue.add(['anonymous', name], ['anonymous', name])
      names.forEach(refill)
      for (let round = 0; round < 5; round += 1) {
        const served = names.map(() => {
          const next = queue.next() ?? []
          queue.start(next)
          refill(next[1] ?? '')
          queue.end(next)
          return next[1]
        })
        expect(new Set(served)).toEqual(new Set(names))
      }
    }),
  )
})

const limits = {
  maxConnections: 6,
  maxExpensive: 2,
  maxWaiting: 1000,
  acquireTimeoutMs: 60_000,
  statementTimeoutMs: 60_000,
}

/** Waits until the promises of leases have settled. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

it('lanes respect their limits, and leave no connection idle that waiting work may use', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ lane: fc.constantFrom('cheap', 'expensive'), owner }) },
    { weight: 2, arbitrary: fc.record({ release: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ move: fc.nat() }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const lanes = new Lanes(limits, () => {})
      const held: Awaited<ReturnType<Lanes['acquire']>>[] = []
      for (const one of steps) {
        if ('lane' in one) {
          const lane = one.lane === 'cheap' ? 'cheap' : 'expensive'
          if (lanes.waiting(lane) < 16) {
            const acquired = lanes.acquire(lane, { owner: one.owner })
            void Promise.resolve(acquired).then((lease) => held.push(lease))
          }
        } else if ('release' in one) held.splice(one.release % Math.max(1, held.length), 1)[0]?.release()
        else held[one.move % Math.max(1, held.length)]?.moveToExpensive()
        await settle()
        const [cheap, expensive] = [lanes.running('cheap'), lanes.running('expensive')]
        expect(cheap + expensive).toBe(held.length)
        expect(held.length).toBeLessThanOrEqual(limits.maxConnections)
        expect(expensive).toBeLessThanOrEqual(limits.maxExpensive)
        if (held.length < limits.maxConnections) expect(lanes.waiting('cheap')).toBe(0)
        // While other clients send cheap statements, the limit of expensive statements is lower by one.
        if (held.length < limits.maxConnections && expensive < Math.max(1, limits.maxExpensive - 1))
          expect(lanes.waiting('expensive')).toBe(0)
      }
      while (held.length > 0) {
        held.pop()?.release()
        await settle()
      }
      expect(lanes.waiting('cheap') + lanes.waiting('expensive')).toBe(0)
    }),
  )
})

it('work of several owners starts once, at the first turn of one of them, and counts once', async () => {
  const lanes = new Lanes({ ...limits, maxConnections: 1 }, () => {})
  const owner = ['authenticated', 'a', 'a']
  let join = (_owner: Owner) => {}
  const onFurtherOwner = (listener: typeof join) => {
    join = listener
    return () => {}
  }
  const running = await lanes.acquire('cheap', { owner })
  const earlier = Promise.resolve(lanes.acquire('cheap', { owner }))
  const shared = Promise.resolve(lanes.acquire('cheap', { owner, onFurtherOwner }))
  for (let index = 0; index < 2 * limits.maxWaiting; index += 1) join(['authenticated', 'b', `b${index}`])
  expect(lanes.waiting('cheap')).toBe(2)
  running.release()
  const lease = await Promise.race([earlier, shared])
  expect(lease).toBe(await shared)
  expect([lanes.running('cheap'), lanes.waiting('cheap')]).toEqual([1, 1])
  lease.release()
  const last = await earlier
  last.release()
  expect([lanes.running('cheap'), lanes.waiting('cheap')]).toEqual([0, 0])
})

it('while another client sends cheap statements, the limit of expensive ones is lower by one', async () => {
  const lanes = new Lanes({ ...limits, maxConnections: 8, maxExpensive: 2 }, () => {})
  const [one, other] = ['a', 'b'].map((name) => ({ owner: anonymousOwner(name) }))
  const first = await lanes.acquire('expensive', one)
  const cheap = await lanes.acquire('cheap', other)
  cheap.release()
  const second = lanes.acquire('expensive', one)
  expect(lanes.waiting('expensive')).toBe(1)
  await expect.poll(() => lanes.running('expensive')).toBe(2)
  for (const lease of [first, await second]) lease.release()
  const ownCheap = await lanes.acquire('cheap', one)
  ownCheap.release()
  const both = [lanes.acquire('expensive', one), lanes.acquire('expensive', one)]
  expect(lanes.running('expensive')).toBe(2)
  for (const lease of await Promise.all(both)) lease.release()
})

it('statements of a client that is alone may continue in the expensive lane, up to its limit', async () => {
  const lanes = new Lanes({ ...limits, maxConnections: 4, maxExpensive: 2 }, () => {})
  const [earlier, alone] = ['a', 'b'].map((name) => ({ owner: anonymousOwner(name) }))
  const last = await lanes.acquire('expensive', earlier)
  last.release()
  const leases = await Promise.all([1, 2, 3].map(() => lanes.acquire('cheap', alone)))
  expect(leases.map((lease) => lease.moveToExpensive())).toEqual([true, true, false])
})

it('expensive work of the service does not lower the limit of expensive statements of a client', async () => {
  const lanes = new Lanes({ ...limits, maxConnections: 6, maxExpensive: 3 }, () => {})
  const client = { owner: anonymousOwner('a') }
  await lanes.acquire('expensive', client)
  const cheap = await Promise.all(Array.from({ length: 5 }, () => lanes.acquire('cheap', client)))
  const ofService = lanes.acquire('cheap')
  for (const lease of cheap) lease.release()
  expect((await ofService).moveToExpensive()).toBe(true)
  const last = lanes.acquire('expensive', client)
  expect([lanes.running('expensive'), lanes.waiting('expensive')]).toEqual([3, 0])
  await last
})

it('anonymous clients get half of the expensive connections while clients with keys wait', async () => {
  const lanes = new Lanes({ ...limits, maxConnections: 8, maxExpensive: 4 }, () => {})
  const order: string[] = []
  const acquire = async (name: string, kind: string) => {
    const lease = await lanes.acquire('expensive', { owner: [kind, name, name] })
    order.push(kind)
    return lease
  }
  const first = await Promise.all(['a', 'b', 'c', 'd'].map((name) => acquire(name, 'anonymous')))
  const later = [
    ...['e', 'f', 'g'].map((name) => acquire(name, 'anonymous')),
    ...['k', 'l', 'm'].map((name) => acquire(name, 'authenticated')),
  ]
  for (const lease of first) lease.release()
  await settle()
  expect(order.slice(4).toSorted()).toEqual(['anonymous', 'anonymous', 'authenticated', 'authenticated'])
  for (const one of later) void one.then((lease) => lease.release())
  await Promise.all(later)
})

it('an owner with too many waiting requests is refused, and others may still wait', async () => {
  const refusals: string[] = []
  const lanes = new Lanes({ ...limits, maxExpensive: 1 }, (lane, reason) =>
    refusals.push(`${lane} ${reason}`),
  )
  const ask = (address: string) => lanes.acquire('expensive', { owner: ['anonymous', 'site', address] })
  const running = await ask('a')
  const waiting = Array.from({ length: 16 }, () => ask('a'))
  expect(() => ask('a')).toThrow(expect.objectContaining({ type: 'too-many-waiting', status: 429 }))
  // Another address of the same site is refused, too.
  expect(() => ask('b')).toThrow(expect.objectContaining({ headers: { 'retry-after': '5' } }))
  expect(refusals).toEqual(['expensive share', 'expensive share'])
  waiting.push(lanes.acquire('expensive', { owner: ['anonymous', 'other', 'c'] }))
  running.release()
  for (const one of waiting) void Promise.resolve(one).then((lease) => lease.release())
  await Promise.all(waiting)
})

it('work that no client waits for any more leaves the queue', async () => {
  const lanes = new Lanes({ ...limits, maxExpensive: 1 }, () => {})
  const running = await lanes.acquire('expensive', { owner: ['authenticated', 'k'] })
  const controller = new AbortController()
  const left = lanes.acquire('expensive', {
    owner: ['authenticated', 'l'],
    getSignal: () => controller.signal,
  })
  controller.abort(new Error('the client left'))
  await expect(left).rejects.toThrow('the client left')
  expect(lanes.waiting('expensive')).toBe(0)
  running.release()
  expect(lanes.running('expensive')).toBe(0)
})
