/**
 * Returns the result of `response`.
 * @throws the error of `response`; Error if it does not settle within `timeoutMs`. `isConnectionError` recognizes this Error by
 * the words "did not respond within".
 */
export async function withTimeout<T>(response: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    const expire = () => reject(new Error(`PostgreSQL did not respond within ${timeoutMs} ms`))
    // If the process was paused, a response may already be in the socket's buffer. Node.js reads the response before it calls
    // the callback of `setImmediate`.
    timer = setTimeout(() => setImmediate(expire), timeoutMs)
  })
  return Promise.race([response, timeout]).finally(() => clearTimeout(timer))
}
