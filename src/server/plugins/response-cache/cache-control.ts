/** The directives of a request's `Cache-Control` that the service obeys (RFC 9111, 5.2.1). It ignores all others, as it must. */

/** Whether the client demands a response from the database. */
export const isBypassed = (header: string | undefined): boolean =>
  header !== undefined && /\bno-cache\b/i.test(header)

/**
 * For how many milliseconds a response may have been stale that the client accepts: 0 without `max-stale`, or where another
 * directive demands a current one; infinite where it names no seconds.
 */
export function maxStaleMs(header: string | undefined): number {
  if (header === undefined || isBypassed(header)) return 0
  const [found, seconds] = /(?:^|[\s,])max-stale(?:="?(\d+)"?)?(?=\s*(?:,|$))/i.exec(header) ?? []
  if (found === undefined) return 0
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000
}
