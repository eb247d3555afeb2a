/** Reads the supported directives of a request's `Cache-Control` (RFC 9111, 5.2.1). Other directives are ignored. */

/** Whether the header has `no-cache`: the client requests a response from the database. */
export const hasNoCache = (header: string | undefined): boolean =>
  header !== undefined && /\bno-cache\b/i.test(header)

/**
 * Returns the maximum staleness that the client accepts, in milliseconds: 0 without `max-stale` or with `no-cache`; infinity
 * for `max-stale` without seconds.
 */
export function maxStaleMs(header: string | undefined): number {
  if (header === undefined || hasNoCache(header)) return 0
  const [found, seconds] = /(?:^|[\s,])max-stale(?:="?(\d+)"?)?(?=\s*(?:,|$))/i.exec(header) ?? []
  if (found === undefined) return 0
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000
}
