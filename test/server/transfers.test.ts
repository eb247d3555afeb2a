import { expect, it } from 'vitest'
import { Transfers } from '../../src/server/plugins/transfers/transfers.ts'

/** Speed limits of exports and streams. */

/**
 * Checks a transfer every five seconds for three minutes. Returns the second of its disconnection, the reason, and how many
 * transfers are left. @param completedAfter the last second in which the response is incomplete.
 */
function simulate(
  bytesPerSecond: number,
  waitingBytes: (second: number) => number,
  maxDurationMs = 3_600_000,
  completedAfter = 1000,
) {
  const transfers = new Transfers({ minBytesPerSecond: 1000, windowMs: 60_000, maxDurationMs })
  let second = 0
  let disconnectedAfter: number | undefined
  let reason = ''
  const connection = {
    get bytesWritten() {
      return second * bytesPerSecond + waitingBytes(second)
    },
    get writableLength() {
      return waitingBytes(second)
    },
    destroy: () => {
      disconnectedAfter = second
    },
  }
  const onCut = (cutReason: string) => {
    reason = cutReason
  }
  const isOver = () => second > completedAfter
  transfers.add({ connection, isOver, isAuthorized: async () => true, onCut }, 0)
  for (; second <= 180; second += 5) transfers.check(second * 1000)
  return { disconnectedAfter, reason, left: transfers.count }
}

it('disconnects a client below the minimum speed for a minute while data waits', () => {
  expect(simulate(999, () => 50_000)).toEqual({
    disconnectedAfter: 60,
    reason: expect.stringContaining('1000 bytes'),
    left: 0,
  })
  expect(simulate(0, (second) => (second < 40 ? 0 : 1))).toMatchObject({ disconnectedAfter: 100 })
})

it('does not disconnect a client that reads fast enough, or for which no data waits', () => {
  expect(simulate(1000, () => 50_000)).toEqual({ disconnectedAfter: undefined, reason: '', left: 1 })
  expect(simulate(0, () => 0)).toMatchObject({ disconnectedAfter: undefined })
  expect(simulate(0, (second) => (second % 50 === 0 ? 0 : 1))).toMatchObject({ disconnectedAfter: undefined })
})

it('does not check a completed response any more', () => {
  expect(simulate(0, () => 1, 3_600_000, 30)).toMatchObject({ disconnectedAfter: undefined, left: 0 })
})

it('disconnects a client after the maximum duration', () => {
  expect(simulate(1_000_000, () => 0, 90_000)).toMatchObject({
    disconnectedAfter: 95,
    reason: expect.stringContaining('90 s'),
  })
})
