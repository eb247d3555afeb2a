import { dayMs } from '../dates/day.ts'
import type { Span } from '../dates/edtf-span.ts'

/** The last time that a `Date` can represent. Its negative is the first. */
const maxTimeMs = 8.64e15

/**
 * Returns the first and the last day of the axis of a timeline: those of the spans, extended by a margin, so that a timeline
 * of one day has an axis, too. Undefined without spans.
 */
export function timelineExtent(spans: readonly Span[]): [first: Date, last: Date] | undefined {
  const timesMs = spans
    .flatMap(({ earliest, latest }) => [earliest, latest])
    .flatMap((day) => (day === null ? [] : Number(day)))
  if (timesMs.length === 0) return undefined
  const [firstMs, lastMs] = [Math.min(...timesMs), Math.max(...timesMs)]
  const marginMs = Math.max(dayMs * 180, (lastMs - firstMs) * 0.03)
  return [
    new Date(Math.max(firstMs - marginMs, -maxTimeMs)),
    new Date(Math.min(lastMs + marginMs, maxTimeMs)),
  ]
}
