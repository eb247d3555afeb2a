/** Writes iCalendar (RFC 5545): a calendar of all-day events. */

/** An all-day event of one or more days. */
export interface CalendarEvent {
  /** Stable identifier of the event. */
  uid: string
  /** Version number of the event, which only increases. */
  sequence: number
  /** Time of the last change: RFC 3339, UTC. */
  changedAt: string
  /** First and last day, as YYYY-MM-DD, in the years 1 to 9998: the day after the last must have a year of four digits. */
  first: string
  last: string
  summary: string
  description?: string | undefined
  url?: string | undefined
}

/** The properties of a calendar. */
export interface CalendarProperties {
  name: string
  description: string
}

/** Maximum octets of a line without its line break (RFC 5545, section 3.1). */
const maxLineOctets = 75

/** Folds a content line into lines of at most 75 octets, without splitting a character. */
export function foldLine(line: string): string {
  if (Buffer.byteLength(line) <= maxLineOctets) return line
  const parts: string[] = []
  let part = ''
  let octets = 0
  for (const character of line) {
    const length = Buffer.byteLength(character)
    if (octets + length > maxLineOctets) {
      parts.push(part)
      part = ' '
      octets = 1
    }
    part += character
    octets += length
  }
  return [...parts, part].join('\r\n')
}

/** Escapes a value of type TEXT (RFC 5545, section 3.3.11). */
const escapeText = (text: string): string =>
  text.replace(/[\\;,]/g, (character) => `\\${character}`).replace(/\r\n|\r|\n/g, '\\n')

const toDateValue = (day: string): string => day.replaceAll('-', '')

/** @example toTimeValue('2026-01-31T09:30:00.000Z') // '20260131T093000Z' */
const toTimeValue = (time: string): string => `${time.slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/** Returns the day after a day, since the DTEND of an all-day event is exclusive. */
function nextDay(day: string): string {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}

const joinLines = (content: (string | undefined)[]): string =>
  content
    .filter((line) => line !== undefined)
    .map((line) => `${foldLine(line)}\r\n`)
    .join('')

const eventLines = ({ uid, sequence, changedAt, first, last, summary, description, url }: CalendarEvent) =>
  joinLines([
    'BEGIN:VEVENT',
    `UID:${escapeText(uid)}`,
    `DTSTAMP:${toTimeValue(changedAt)}`,
    `LAST-MODIFIED:${toTimeValue(changedAt)}`,
    `SEQUENCE:${sequence}`,
    `DTSTART;VALUE=DATE:${toDateValue(first)}`,
    `DTEND;VALUE=DATE:${toDateValue(nextDay(last))}`,
    `SUMMARY:${escapeText(summary)}`,
    description === undefined ? undefined : `DESCRIPTION:${escapeText(description)}`,
    url === undefined ? undefined : `URL:${url}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ])

/** Written into a calendar without events, since a calendar must have at least one component (RFC 5545, section 3.6). */
const timeZone = joinLines([
  'BEGIN:VTIMEZONE',
  'TZID:UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
])

/** Streams a calendar. It asks calendar programs that subscribe to it to refresh it daily (RFC 7986). */
export async function* writeCalendar(
  { name, description }: CalendarProperties,
  batches: AsyncIterable<CalendarEvent[]>,
): AsyncGenerator<string> {
  yield joinLines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Entente//Registry//EN',
    'CALSCALE:GREGORIAN',
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    `DESCRIPTION:${escapeText(description)}`,
    `X-WR-CALDESC:${escapeText(description)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:P1D',
    'X-PUBLISHED-TTL:P1D',
  ])
  let isEmpty = true
  for await (const batch of batches) {
    isEmpty &&= batch.length === 0
    yield batch.map(eventLines).join('')
  }
  yield `${isEmpty ? timeZone : ''}${joinLines(['END:VCALENDAR'])}`
}
