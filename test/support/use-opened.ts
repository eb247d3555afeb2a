import { afterAll, beforeAll } from 'vitest'

/**
 * Opens something before the tests of the calling file or group, and closes it after them.
 * @returns what was opened. It has no properties before, so only tests and later hooks can use it.
 */
export function useOpened<T extends { close(): Promise<void> }>(open: () => Promise<T>): T {
  const opened: T = Object.create(null)
  beforeAll(async () => {
    Object.assign(opened, await open())
  })
  afterAll(() => opened.close())
  return opened
}
