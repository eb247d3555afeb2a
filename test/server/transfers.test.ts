import { expect, it } from 'vitest'
import { Transfers } from '../../src/server/plugins/transfers/transfers.ts'

/** Speed limits of exports and streams. */

/** Checks a transfer every five seconds for three minutes. Returns the second in which it was ended, and the reason. */
function watch(
  bytesPerSecond: number,
  waitingBytes: (second: number) => number,
  maxDurationMs = 3_600_000,
  isOverAfter = 1000,
) {
  const transfers = new Transfers({ minBytesPerSecond: 1000, windowMs: 60_000, maxDurationMs })
  let second = 0
  let endedAfter: number | undefined
  let reason = ''
  const connection = {
    get bytesWritten() {
      return second * bytesPerSecond + waitingBytes(second)
    },
    get writableLength() {
      return waitingBytes(second)
    },
    destroy: () => {
      endedAfter = second
    },
  }
  const onCut = (why: string) => {
    reason = why
  }
  transfers.add({ connection, isOver: () => second > isOverAfter, onCut }, 0)
  for (; second <= 180; second += 5) transfers.check(second * 1000)
  return { endedAfter, reason, left: transfers.count }
}

it('disconnects a client below the minimum speed for a minute while data waits', () => {
  expect(watch(999, () => 50_000)).toEqual({
    endedAfter: 60,
    reason: expect.stringContaining('1000 bytes'),
    left: 0,
  })
  expect(watch(0, (second) => (second < 40 ? 0 : 1))).toMatchObject({ endedAfter: 100 })
})

it('keeps a client that reads fast enough, and one for which no data waits', () => {
  expect(watch(1000, () => 50_000)).toEqual({ endedAfter: undefined, reason: '', left: 1 })
  expect(watch(0, () => 0)).toMatchObject({ endedAfter: undefined })
  expect(watch(0, (second) => (second % 50 === 0 ? 0 : 1))).toMatchObject({ endedAfter: undefined })
})

it('forgets a completed response', () => {
  expect(watch(0, () => 1, 3_600_000, 30)).toMatchObject({ endedAfter: undefined, left: 0 })
})

it('disconnects a client after the maximum duration', () => {
  expect(watch(1_000_000, () => 0, 90_000)).toMatchObject({
    endedAfter: 95,
    reason: expect.stringContaining('90 s'),
  })
})
