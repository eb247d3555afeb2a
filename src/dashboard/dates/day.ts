export const dayMs = 86_400_000

/** Returns the day after a day. */
export const dayAfter = (day: Date): Date => new Date(Number(day) + dayMs)

/** Returns the last millisecond of a UTC day (`2011-04-26`) as an RFC 3339 timestamp. */
export const endOfUtcDay = (day: string): string => `${day}T23:59:59.999Z`

/** Returns the UTC day of a time in RFC 3339, as `2011-04-26`; the beginning of the text if it is no valid time. */
export function utcDayOf(time: string): string {
  const parsed = new Date(time)
  return Number.isNaN(parsed.getTime()) ? time.slice(0, 10) : parsed.toISOString().slice(0, 10)
}
