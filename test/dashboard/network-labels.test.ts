import { describe, expect, it } from 'vitest'
import { textWidth } from '../../src/dashboard/charts/fit-text.ts'
import { positionLabels } from '../../src/dashboard/charts/network-labels.ts'

const node = { id: 'FRA', name: 'France' }
const width = 400

/**
 * Returns the texts of the shown labels: `['France']`, or none. France is at the left edge of the chart. Germany is `distance`
 * pixels to the right of the end of France's label.
 */
const labelOfFrance = (distance: number, centre: string | undefined) => {
  const x = 10
  const nodeRadius = 6
  const labelGap = 5
  const end = x + nodeRadius + labelGap + textWidth(node.name)
  const positions = new Map([
    [node.id, { x, y: 50 }],
    ['DEU', { x: end + distance, y: 50 }],
  ])
  return positionLabels([node], positions, { width, centre }).map(({ text }) => text)
}

describe('the labels of a network', () => {
  it('are left out if they would overlap a node, including the larger node of the centre', () => {
    expect(labelOfFrance(7, undefined)).toEqual(['France'])
    expect(labelOfFrance(5, undefined)).toEqual([])
    expect(labelOfFrance(9, 'DEU')).toEqual([])
    expect(labelOfFrance(11, 'DEU')).toEqual(['France'])
  })
})
