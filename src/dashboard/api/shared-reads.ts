/** A read that several parts of a page wait for, and how many do. */
interface SharedRead {
  result: Promise<unknown>
  controller: AbortController
  waiting: number
}

const running = new Map<string, SharedRead>()

/**
 * Runs a read once for all that want it at the same time.
 * @param key what is read: equal keys have equal results.
 * @param read is aborted when nobody waits for it any more.
 * @returns the result, and a function that ends the wait for it.
 */
export function shareRead<Body>(
  key: string,
  read: (signal: AbortSignal) => Promise<Body>,
): { result: Promise<Body>; leave: () => void } {
  const shared = running.get(key) ?? startRead(key, read)
  shared.waiting += 1
  const leave = () => {
    shared.waiting -= 1
    if (shared.waiting > 0) return
    forget(key, shared)
    shared.controller.abort()
  }
  // What runs under a key is what was started for it.
  return { result: shared.result as Promise<Body>, leave }
}

function startRead(key: string, read: (signal: AbortSignal) => Promise<unknown>): SharedRead {
  const controller = new AbortController()
  const shared: SharedRead = { result: read(controller.signal), controller, waiting: 0 }
  running.set(key, shared)
  const end = () => forget(key, shared)
  shared.result.then(end, end)
  return shared
}

function forget(key: string, shared: SharedRead): void {
  if (running.get(key) === shared) running.delete(key)
}
