import { afterAll, beforeAll } from 'vitest'

/**
 * Opens something before the tests of the calling file or group, and closes it after them.
 * @param open returns an object whose functions do not use `this`.
 * @returns what was opened: an empty object until then, so only tests and later hooks can use it.
 */
export function useOpened<T extends { close(): Promise<void> }>(open: () => Promise<T>): T {
  const opened: T = Object.create(null)
  let close = async () => {}
  beforeAll(async () => {
    Object.assign(opened, await open())
    close = opened.close
  })
  afterAll(() => close())
  return opened
}
