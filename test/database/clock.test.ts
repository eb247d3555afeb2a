import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { createClock } from '../../src/database/clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

it('the clock of the database is measured again after the machine has slept', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  let databaseTime = Date.UTC(2030, 0, 1)
  const measure = vi.fn(async () => new Date(databaseTime))
  const clock = createClock(measure)
  await clock.now()
  await clock.now()
  expect(measure).toHaveBeenCalledTimes(1)

  // The monotonic clock stands still.
  const sleepMs = 8 * 3_600_000
  databaseTime += sleepMs
  vi.setSystemTime(sleepMs)
  expect((await clock.now()).getTime()).toBeGreaterThanOrEqual(databaseTime)
  await clock.now()
  expect(measure).toHaveBeenCalledTimes(2)
})

it('the clock of the database is measured again after the time of day was set ahead by 0.1 s', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 })
  let databaseTime = Date.UTC(2030, 0, 1)
  const clock = createClock(async () => new Date(databaseTime))
  await clock.now()
  // The database runs on the same machine.
  databaseTime += 100
  vi.setSystemTime(100)
  expect((await clock.now()).getTime()).toBeGreaterThanOrEqual(databaseTime)
})

it('a measurement of the clock during which the machine has slept is repeated', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 0 })
  let databaseTime = Date.UTC(2030, 0, 1)
  let answered = Promise.resolve()
  const clock = createClock(async () => {
    const time = new Date(databaseTime)
    await answered
    return time
  })
  await clock.now()
  vi.advanceTimersByTime(61_000)
  databaseTime += 61_000

  // This call starts a measurement in the background.
  let answer = () => {}
  answered = new Promise((resolve) => {
    answer = resolve
  })
  await clock.now()
  // Then the machine sleeps.
  const sleepMs = 8 * 3_600_000
  databaseTime += sleepMs
  vi.setSystemTime(Date.now() + sleepMs)
  const afterSleep = clock.now()
  answer()
  expect((await afterSleep).getTime()).toBeGreaterThanOrEqual(databaseTime)
})

it('a measurement on request is right although the time of day was set ahead by 0.04 s before', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 0 })
  let databaseTime = Date.UTC(2030, 0, 1)
  const clock = createClock(async () => new Date(databaseTime))
  await clock.now()
  databaseTime += 40
  vi.setSystemTime(40)
  expect((await clock.now()).getTime()).toBeLessThan(databaseTime)
  expect((await clock.measure()).getTime()).toBe(databaseTime)
  expect((await clock.now()).getTime()).toBe(databaseTime)
})

it('a measurement on request does not use the result of one that has begun before it', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: 0 })
  let databaseTime = Date.UTC(2030, 0, 1)
  const clock = createClock(async () => {
    const time = new Date(databaseTime)
    await setImmediate()
    return time
  })
  const first = clock.measure()
  databaseTime += 40
  const second = clock.measure()
  expect((await first).getTime()).toBe(databaseTime - 40)
  expect((await second).getTime()).toBe(databaseTime)
})
