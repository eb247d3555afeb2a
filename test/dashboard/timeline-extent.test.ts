import { scaleUtc } from 'd3-scale'
import { expect, it } from 'vitest'
import { timelineExtent } from '../../src/dashboard/charts/timeline-extent.ts'
import { edtfSpan } from '../../src/dashboard/dates/edtf-span.ts'

it.each(['Y270000', 'Y-270000'])('a timeline with the dates %s and 2011 has a place for both', (far) => {
  const spans = [far, '2011'].flatMap((date) => edtfSpan(date) ?? [])
  expect(spans).toHaveLength(2)
  const axis = scaleUtc(timelineExtent(spans) ?? [], [0, 1])
  for (const { earliest } of spans) {
    const position = axis(earliest ?? Number.NaN)
    expect(position).toBeGreaterThanOrEqual(0)
    expect(position).toBeLessThanOrEqual(1)
  }
})
