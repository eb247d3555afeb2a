import { expect, it } from 'vitest'
import { Transfers } from '../../src/server/plugins/transfers/transfers.ts'

/** Limits of exports and streams: minimum speed and maximum duration. */

/**
 * Checks a transfer every five seconds for three minutes. Returns after how many seconds the client was disconnected, the
 * reason, and how many transfers are left. The response is complete after `lastIncompleteSecond`; by default, never.
 */
function simulate(
  bytesPerSecond: number,
  waitingBytes: (second: number) => number,
  {
    maxDurationMs = 3_600_000,
    lastIncompleteSecond = Number.POSITIVE_INFINITY,
  }: { maxDurationMs?: number; lastIncompleteSecond?: number } = {},
) {
  const transfers = new Transfers({ minBytesPerSecond: 1000, maxDurationMs })
  let second = 0
  let disconnectedAfterSeconds: number | undefined
  let reason = ''
  const connection = {
    get bytesWritten() {
      return second * bytesPerSecond + waitingBytes(second)
    },
    get writableLength() {
      return waitingBytes(second)
    },
    destroy: () => {
      disconnectedAfterSeconds = second
    },
  }
  const onCut = (cutReason: string) => {
    reason = cutReason
  }
  const isOver = () => second > lastIncompleteSecond
  transfers.add({ connection, isOver, isAuthorized: async () => true, onCut }, 0)
  for (; second <= 180; second += 5) transfers.check(second * 1000)
  return { disconnectedAfterSeconds, reason, left: transfers.count }
}

it('disconnects a client that reads too slowly for a minute while data waits', () => {
  expect(simulate(999, () => 50_000)).toEqual({
    disconnectedAfterSeconds: 60,
    reason: expect.stringContaining('1000 bytes'),
    left: 0,
  })
  expect(simulate(0, (second) => (second < 40 ? 0 : 1))).toMatchObject({ disconnectedAfterSeconds: 100 })
})

it('does not disconnect a client that is fast enough, or for which data waits under a minute', () => {
  expect(simulate(1000, () => 50_000)).toEqual({ disconnectedAfterSeconds: undefined, reason: '', left: 1 })
  expect(simulate(0, () => 0)).toMatchObject({ disconnectedAfterSeconds: undefined })
  expect(simulate(0, (second) => (second % 50 === 0 ? 0 : 1))).toMatchObject({
    disconnectedAfterSeconds: undefined,
  })
})

it('does not check a completed response any more', () => {
  expect(simulate(0, () => 1, { lastIncompleteSecond: 30 })).toMatchObject({
    disconnectedAfterSeconds: undefined,
    left: 0,
  })
})

it('disconnects a client after the maximum duration', () => {
  expect(simulate(1_000_000, () => 0, { maxDurationMs: 90_000 })).toMatchObject({
    // The first check after 90 s.
    disconnectedAfterSeconds: 95,
    reason: expect.stringContaining('90 s'),
  })
})

it('stops counting a response as soon as it is complete', () => {
  const transfers = new Transfers({ minBytesPerSecond: 0, maxDurationMs: 3_600_000 })
  let isOver = false
  const connection = { bytesWritten: 0, writableLength: 0, destroy: () => {} }
  transfers.add({ connection, isOver: () => isOver, isAuthorized: async () => true, onCut: () => {} }, 0)
  expect(transfers.count).toBe(1)
  isOver = true
  expect(transfers.count).toBe(0)
})

it('looks no key up again while the look-ups of the last check wait for the database', async () => {
  const transfers = new Transfers({ minBytesPerSecond: 0, maxDurationMs: 3_600_000 })
  const lookUps: ((isAuthorized: boolean) => void)[] = []
  const connection = { bytesWritten: 0, writableLength: 0, destroy: () => {} }
  const isAuthorized = () => new Promise<boolean>((resolve) => lookUps.push(resolve))
  transfers.add({ connection, isOver: () => false, isAuthorized, onCut: () => {} }, 0)
  const first = transfers.checkAuthorization()
  await transfers.checkAuthorization()
  expect(lookUps.length).toBe(1)
  lookUps[0]?.(true)
  await first
  void transfers.checkAuthorization()
  expect(lookUps.length).toBe(2)
})
