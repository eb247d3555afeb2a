import { dayMs } from '../dates/day.ts'
import type { Span } from '../dates/edtf-span.ts'

/**
 * Returns the first and the last day of the axis of a timeline: those of the spans with a margin, so that a timeline of one day
 * has an axis, too. Undefined without spans.
 */
export function timelineExtent(spans: readonly Span[]): [first: Date, last: Date] | undefined {
  const days = spans
    .flatMap(({ earliest, latest }) => [earliest, latest])
    .flatMap((day) => (day === null ? [] : Number(day)))
  if (days.length === 0) return undefined
  const [first, last] = [Math.min(...days), Math.max(...days)]
  const marginMs = Math.max(dayMs * 180, (last - first) * 0.03)
  return [new Date(first - marginMs), new Date(last + marginMs)]
}
