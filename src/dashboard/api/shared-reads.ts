/** A read in flight, and the number of components that wait for it. */
interface SharedRead {
  result: Promise<unknown>
  controller: AbortController
  waiting: number
}

const sharedReads = new Map<string, SharedRead>()

/**
 * Deduplicates concurrent reads: callers with the same key share one read.
 * @param key identifies the read: reads with equal keys must have equal results.
 * @param read starts the read. Its signal is aborted when the last caller has stopped waiting.
 * @returns the result, and `release`, which the caller must call exactly once, when it stops waiting.
 */
export function shareRead<Body>(
  key: string,
  read: (signal: AbortSignal) => Promise<Body>,
): { result: Promise<Body>; release: () => void } {
  const shared = sharedReads.get(key) ?? startRead(key, read)
  shared.waiting += 1
  const release = () => {
    shared.waiting -= 1
    if (shared.waiting > 0) return
    forget(key, shared)
    shared.controller.abort()
  }
  // Reads with the same key have the same type.
  return { result: shared.result as Promise<Body>, release }
}

function startRead(key: string, read: (signal: AbortSignal) => Promise<unknown>): SharedRead {
  const controller = new AbortController()
  const shared: SharedRead = { result: read(controller.signal), controller, waiting: 0 }
  sharedReads.set(key, shared)
  const end = () => forget(key, shared)
  shared.result.then(end, end)
  return shared
}

function forget(key: string, shared: SharedRead): void {
  if (sharedReads.get(key) === shared) sharedReads.delete(key)
}
