import { dayAfter } from '../dates/day.ts'
import { edtfSpan, type Span } from '../dates/edtf-span.ts'

/** A bar of a timeline. */
export interface EventBar {
  from: Date
  /** The end of the bar, which is the day after its last day. Null if the bar extends to the end of the timeline. */
  to: Date | null
  /** `imprecise` if the bar covers the days that an imprecise date can mean. */
  kind: 'exact' | 'imprecise'
}

/** Returns a bar of all days that a date can mean. Without an earliest day, the bar starts at the start of the timeline. */
const dateBar = ({ earliest, latest, isExact }: Span, first: Date): EventBar => ({
  from: earliest ?? first,
  to: latest && dayAfter(latest),
  kind: isExact ? 'exact' : 'imprecise',
})

/**
 * Returns the bars of an event: the days that its start can mean, the days that its end can mean, and between these bars the
 * days on which the event was certainly in progress. An unknown start or end has no bar.
 * @param start EDTF date; null if unknown.
 * @param end EDTF date; null if unknown.
 * @param first the first day of the timeline, where dates with an open start begin.
 */
export function eventBars(start: string | null, end: string | null, first: Date): EventBar[] {
  const starts = start === null ? undefined : edtfSpan(start)
  const ends = end === null ? undefined : edtfSpan(end)
  const from = starts?.latest
  const to = ends?.earliest
  const between: EventBar[] = from && to && from < to ? [{ from, to, kind: 'exact' }] : []
  return [...(starts ? [dateBar(starts, first)] : []), ...between, ...(ends ? [dateBar(ends, first)] : [])]
}
