import { expect, it } from 'vitest'
import { parseMetrics, total } from '../../src/dashboard/components/administration/metrics.ts'

it('metrics are parsed with their labels, and summed', () => {
  const metrics = parseMetrics('# HELP a b\na{status="200",x="{}"} 3\na{status="500"} 1\nb 0.5\n')
  expect(total(metrics, 'a')).toBe(4)
  expect(total(metrics, 'a', ({ status = '' }) => status.startsWith('5'))).toBe(1)
  expect(total(metrics, 'b')).toBe(0.5)
  expect(total(metrics, 'c')).toBeUndefined()
})
