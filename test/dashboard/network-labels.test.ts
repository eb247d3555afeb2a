import { describe, expect, it } from 'vitest'
import { textWidth } from '../../src/dashboard/charts/fit-text.ts'
import { positionLabels } from '../../src/dashboard/charts/network-labels.ts'

const node = { id: 'FRA', name: 'France' }
const width = 400

/** Returns the label of France, at the left edge of the chart, if a neighbor is at a distance from the end of the label. */
const labelOfFrance = (distance: number, centre: string | undefined) => {
  const end = 10 + 6 + 5 + textWidth(node.name)
  const positions = new Map([
    [node.id, { x: 10, y: 50 }],
    ['DEU', { x: end + distance, y: 50 }],
  ])
  return positionLabels([node], positions, { width, centre }).map(({ text }) => text)
}

describe('the labels of a network', () => {
  it('are left out if they would overlap a node, including the larger node at the center', () => {
    expect(labelOfFrance(7, undefined)).toEqual(['France'])
    expect(labelOfFrance(5, undefined)).toEqual([])
    expect(labelOfFrance(9, 'DEU')).toEqual([])
    expect(labelOfFrance(11, 'DEU')).toEqual(['France'])
  })
})
