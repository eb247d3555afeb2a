/** Settles as `promise` does, and rejects when it does not settle within `timeoutMs`. */
export async function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    // If the process was paused, an answer may have arrived that is not read yet. Node.js reads it before `setImmediate`.
    timer = setTimeout(() => setImmediate(() => reject(new Error('no answer'))), timeoutMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
