/** Rejects when `answer` does not settle within `timeoutMs`. */
export async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    // After a pause of the whole process, an answer may have arrived that is not read yet. It is read before setImmediate.
    timer = setTimeout(() => setImmediate(() => reject(new Error('no answer'))), timeoutMs)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
