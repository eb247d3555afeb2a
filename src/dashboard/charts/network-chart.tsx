import { scaleSqrt } from 'd3-scale'
import { useEffect, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { useLanguage } from '../i18n/language.ts'
import { layoutGraph, type NodePosition } from './graph-layout.ts'
import { type NetworkEdge, type NetworkGraph, type NetworkNode, pairOf } from './network-data.ts'
import { nodeRadiusOf, positionLabels } from './network-labels.ts'
import { useWidth } from './use-width.ts'

// All lengths are in pixels.
const minHeight = 340
const maxHeight = 640
const heightToWidth = 0.6
const minLineWidth = 0.75
const maxLineWidth = 8
/** Radius of the invisible circle that takes the clicks on a node. */
const hitRadius = 12

/**
 * Returns the positions of a graph's nodes in a chart of a given size. Until they are computed, returns the positions that were
 * computed last; undefined if there are none, or if they lack a node.
 */
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
  // The positions may have been computed for an earlier graph, without nodes of this one.
  return positions && graph.nodes.every(({ id }) => positions.has(id)) ? positions : undefined
}

/** Returns the nodes sorted by descending number of edges, with the centre first. */
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
  const height = Math.round(Math.min(maxHeight, Math.max(minHeight, width * heightToWidth)))
  const positions = useLayout(graph, width, height)
  const max = Math.max(1, ...graph.edges.map(({ count }) => count))
  const lineWidth = scaleSqrt([0, max], [minLineWidth, maxLineWidth])
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]))
  const ordered = byDegree(graph)
  // The edges to the centre come first, and then those with the most records. The first edges are drawn last, on top.
  const drawn = graph.edges.toReversed()
  const isAtCentre = ({ source, target }: NetworkEdge) => source === graph.centre || target === graph.centre
  return (
    <div ref={frame} style={positions ? undefined : { minHeight: `${height}px` }}>
      {positions && (
        <svg class="network" width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <title>{caption}</title>
          {drawn.map((edge) => {
            const from = positions.get(edge.source)
            const to = positions.get(edge.target)
            if (!from || !to) return null
            const isSelected = selected !== undefined && pairOf(selected) === pairOf(edge)
            return (
              // With the keyboard, users select a pair with the buttons of `PairTable`, below the chart.
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
                  {t('value.named', {
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
                  <circle class="hit" cx={position.x} cy={position.y} r={hitRadius} />
                  <circle
                    class={id === graph.centre ? 'node centre' : 'node'}
                    cx={position.x}
                    cy={position.y}
                    r={nodeRadiusOf(id, graph.centre)}
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
