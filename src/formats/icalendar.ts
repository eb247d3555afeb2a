/** iCalendar (RFC 5545): a calendar of events that last whole days. */

/** An event of one or more whole days. */
export interface CalendarEvent {
  /** Stable identifier of the event. */
  uid: string
  /** Number of its version, which grows. */
  sequence: number
  /** RFC 3339, UTC. */
  changedAt: string
  /** First and last day, as YYYY-MM-DD. */
  first: string
  last: string
  summary: string
  description?: string | undefined
  url?: string | undefined
}

/** The properties of a calendar. */
export interface CalendarFacts {
  name: string
  description: string
}

/** Maximum octets of a line without its end (RFC 5545, section 3.1). */
const maxLineOctets = 75

/** Folds a content line into lines of at most 75 octets, none of which cuts a character. */
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

const dateValue = (day: string): string => day.replaceAll('-', '')

/** 2026-01-31T09:30:00.000Z as 20260131T093000Z. */
const timeValue = (time: string): string => `${time.slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/** The day after a day, since an event of whole days ends before its DTEND. */
function nextDay(day: string): string {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}

const lines = (content: (string | undefined)[]): string =>
  content
    .filter((line) => line !== undefined)
    .map((line) => `${foldLine(line)}\r\n`)
    .join('')

const eventLines = ({ uid, sequence, changedAt, first, last, summary, description, url }: CalendarEvent) =>
  lines([
    'BEGIN:VEVENT',
    `UID:${escapeText(uid)}`,
    `DTSTAMP:${timeValue(changedAt)}`,
    `LAST-MODIFIED:${timeValue(changedAt)}`,
    `SEQUENCE:${sequence}`,
    `DTSTART;VALUE=DATE:${dateValue(first)}`,
    `DTEND;VALUE=DATE:${dateValue(nextDay(last))}`,
    `SUMMARY:${escapeText(summary)}`,
    description === undefined ? undefined : `DESCRIPTION:${escapeText(description)}`,
    url === undefined ? undefined : `URL:${url}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ])

/** Streams a calendar. It states a refresh interval of one day for calendar programs that subscribe to it (RFC 7986). */
export async function* writeCalendar(
  { name, description }: CalendarFacts,
  batches: AsyncIterable<CalendarEvent[]>,
): AsyncGenerator<string> {
  yield lines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Entente//Registry//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${escapeText(name)}`,
    `X-WR-CALNAME:${escapeText(name)}`,
    `DESCRIPTION:${escapeText(description)}`,
    `X-WR-CALDESC:${escapeText(description)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:P1D',
    'X-PUBLISHED-TTL:P1D',
  ])
  for await (const batch of batches) yield batch.map(eventLines).join('')
  yield lines(['END:VCALENDAR'])
}
