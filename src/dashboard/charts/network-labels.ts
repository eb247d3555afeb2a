import { fitText, textWidth } from './fit-text.ts'
import type { NodePosition } from './graph-layout.ts'
import type { NetworkNode } from './network-data.ts'

// All lengths are in pixels.
const nodeRadius = 6
const centreRadius = 10
const labelHeight = 15
const maxLabelWidth = 190
/** Distance between the circle of a node and its label. */
const labelGap = 5
/** Distance from the middle of a label down to its baseline. */
const baselineOffset = 4

/** Returns the radius of a node. The centre of the network is larger than the other nodes. */
export const nodeRadiusOf = (id: string, centre: string | undefined): number =>
  id === centre ? centreRadius : nodeRadius

interface Label {
  node: NetworkNode
  text: string
  x: number
  /** The baseline of the text. */
  y: number
  anchor: 'start' | 'end'
}

/**
 * Places labels to the right of nodes, or else to the left, in the order of `nodes`. A label is left out if, on both sides, it
 * would overlap another label or a node, or would not fit into the width of the chart.
 * @param positions positions by node id.
 */
export function positionLabels(
  nodes: readonly NetworkNode[],
  positions: ReadonlyMap<string, NodePosition>,
  { width, centre }: { width: number; centre: string | undefined },
): Label[] {
  const taken: { left: number; right: number; top: number }[] = []
  const isFree = (labelledId: string, left: number, right: number, top: number) =>
    taken.every((box) => right < box.left || left > box.right || Math.abs(top - box.top) >= labelHeight) &&
    [...positions].every(([id, { x, y }]) => {
      const radius = nodeRadiusOf(id, centre)
      const isClear =
        x < left - radius || x > right + radius || y < top - radius || y > top + labelHeight + radius
      return id === labelledId || isClear
    })
  return nodes.flatMap((node) => {
    const position = positions.get(node.id)
    if (!position) return []
    const text = fitText(node.name, maxLabelWidth)
    const length = textWidth(text)
    const offset = nodeRadiusOf(node.id, centre) + labelGap
    const sides = [
      { x: position.x + offset, left: position.x + offset, anchor: 'start' },
      { x: position.x - offset, left: position.x - offset - length, anchor: 'end' },
    ] as const
    const top = position.y - labelHeight / 2
    const side = sides.find(
      ({ left }) => left >= 0 && left + length <= width && isFree(node.id, left, left + length, top),
    )
    if (!side) return []
    taken.push({ left: side.left, right: side.left + length, top })
    return [{ node, text, x: side.x, y: position.y + baselineOffset, anchor: side.anchor }]
  })
}
