import { scaleSqrt } from 'd3-scale'
import { useEffect, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'
import { fitText, textWidth } from './fit-text.ts'
import { layoutGraph, type NodePosition } from './graph-layout.ts'
import { type NetworkEdge, type NetworkGraph, type NetworkNode, pairOf } from './network-data.ts'
import { useWidth } from './use-width.ts'

// All lengths are in pixels.
const nodeRadius = 6
const centreRadius = 10
const labelHeight = 15
const maxLabelWidth = 190

/** Returns the positions of a graph's nodes in a chart of a given size; undefined until they are computed. */
function useLayout(
  graph: NetworkGraph,
  width: number,
  height: number,
): Map<string, NodePosition> | undefined {
  const [positions, setPositions] = useState<Map<string, NodePosition>>()
  useEffect(() => {
    const controller = new AbortController()
    layoutGraph(graph, { width, height }, controller.signal).then(setPositions, (error: unknown) => {
      if (!controller.signal.aborted) throw error
    })
    return () => controller.abort()
  }, [graph, width, height])
  // Positions that were computed for an earlier graph may lack nodes of this one.
  return positions && graph.nodes.every(({ id }) => positions.has(id)) ? positions : undefined
}

interface Label {
  node: NetworkNode
  text: string
  x: number
  y: number
  anchor: 'start' | 'end'
}

/**
 * Places labels beside nodes, in the order of `nodes`. A label is left out if it would overlap another label or a node, or
 * would not fit into the width of the chart.
 */
function positionLabels(
  nodes: readonly NetworkNode[],
  positions: ReadonlyMap<string, NodePosition>,
  { width, centre }: { width: number; centre: string | undefined },
): Label[] {
  const taken: { left: number; right: number; top: number }[] = []
  const isFree = (labelled: NodePosition, left: number, right: number, top: number) =>
    taken.every((box) => right < box.left || left > box.right || Math.abs(top - box.top) >= labelHeight) &&
    [...positions.values()].every(
      (position) =>
        position === labelled ||
        position.x < left - nodeRadius ||
        position.x > right + nodeRadius ||
        Math.abs(position.y - labelled.y) > labelHeight / 2 + nodeRadius,
    )
  return nodes.flatMap((node) => {
    const position = positions.get(node.id)
    if (!position) return []
    const text = fitText(node.name, maxLabelWidth)
    const length = textWidth(text)
    const offset = (node.id === centre ? centreRadius : nodeRadius) + 5
    const sides = [
      { x: position.x + offset, left: position.x + offset, anchor: 'start' },
      { x: position.x - offset, left: position.x - offset - length, anchor: 'end' },
    ] as const
    const top = position.y - labelHeight / 2
    const side = sides.find(
      ({ left }) => left >= 0 && left + length <= width && isFree(position, left, left + length, top),
    )
    if (!side) return []
    taken.push({ left: side.left, right: side.left + length, top })
    return [{ node, text, x: side.x, y: position.y + 4, anchor: side.anchor }]
  })
}

/** Returns the nodes by descending number of edges, with the centre first. */
function byDegree({ nodes, edges, centre }: NetworkGraph): NetworkNode[] {
  const degrees = new Map<string, number>()
  for (const { source, target } of edges) {
    for (const id of [source, target]) degrees.set(id, (degrees.get(id) ?? 0) + 1)
  }
  const rank = ({ id }: NetworkNode) => (id === centre ? Number.POSITIVE_INFINITY : (degrees.get(id) ?? 0))
  return nodes.toSorted((one, other) => rank(other) - rank(one) || (one.id < other.id ? -1 : 1))
}

/** A network as a graph. A line connects two participants that share records; its width grows with the number of records. */
export function NetworkChart({
  graph,
  caption,
  selected,
  hrefOfNode,
  onSelect,
}: {
  graph: NetworkGraph
  caption: string
  selected: NetworkEdge | undefined
  hrefOfNode: (id: string) => string
  onSelect: (edge: NetworkEdge) => void
}) {
  const { t, number } = useLanguage()
  const [frame, width] = useWidth<HTMLDivElement>()
  const height = Math.round(Math.min(640, Math.max(340, width * 0.6)))
  const positions = useLayout(graph, width, height)
  const max = Math.max(1, ...graph.edges.map(({ count }) => count))
  const lineWidth = scaleSqrt([0, max], [0.75, 8])
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]))
  const ordered = byDegree(graph)
  const isAtCentre = ({ source, target }: NetworkEdge) => source === graph.centre || target === graph.centre
  return (
    <div ref={frame} style={{ minHeight: `${height}px` }}>
      {positions && (
        <svg class="network" width={width} height={height}>
          <title>{caption}</title>
          {graph.edges.toReversed().map((edge) => {
            const from = positions.get(edge.source)
            const to = positions.get(edge.target)
            if (!from || !to) return null
            const isSelected = selected !== undefined && pairOf(selected) === pairOf(edge)
            return (
              // `PairTable`, below the chart, has a button for each pair.
              // biome-ignore lint/a11y/noStaticElementInteractions: lines do not take the keyboard focus
              <line
                key={pairOf(edge)}
                class={
                  isSelected ? 'edge selected' : graph.centre && !isAtCentre(edge) ? 'edge between' : 'edge'
                }
                x1={from.x}
                y1={from.y}
                x2={to.x}
                y2={to.y}
                stroke-width={lineWidth(edge.count)}
                onClick={() => onSelect(edge)}
              >
                <title>
                  {t('filter.is', {
                    name: `${names.get(edge.source)} – ${names.get(edge.target)}`,
                    value: number(edge.count),
                  })}
                </title>
              </line>
            )
          })}
          {ordered.map(({ id, name }) => {
            const position = positions.get(id)
            return (
              position && (
                <Link key={id} href={hrefOfNode(id)}>
                  <title>{name}</title>
                  <circle class="hit" cx={position.x} cy={position.y} r="12" />
                  <circle
                    class={id === graph.centre ? 'node centre' : 'node'}
                    cx={position.x}
                    cy={position.y}
                    r={id === graph.centre ? centreRadius : nodeRadius}
                  />
                </Link>
              )
            )
          })}
          {positionLabels(ordered, positions, { width, centre: graph.centre }).map(
            ({ node, text, x, y, anchor }) => (
              <text key={node.id} x={x} y={y} text-anchor={anchor}>
                {text}
              </text>
            ),
          )}
        </svg>
      )}
    </div>
  )
}
