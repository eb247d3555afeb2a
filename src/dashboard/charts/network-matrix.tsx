import { scaleSqrt } from 'd3-scale'
import { useState } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { fitText } from './fit-text.ts'
import { findEdge, type NetworkEdge, type NetworkGraph, pairOf } from './network-data.ts'
import { useWidth } from './use-width.ts'

// All lengths are in pixels.
const minLabelWidth = 110
const maxLabelWidth = 220
const minCellSize = 12
const maxCellSize = 28
/** Distance between a label and the cells. */
const labelGap = 4
/** Distance from the middle of a row down to the baseline of its label. */
const baselineOffset = 4

/** Opacity at the lower end of the scale, which stands for no record. */
const minOpacity = 0.25

/** Returns the nodes sorted by the number of records on their edges, largest first. */
function bySharedRecords({ nodes, edges }: NetworkGraph) {
  const sums = new Map<string, number>()
  for (const { source, target, count } of edges) {
    for (const id of [source, target]) sums.set(id, (sums.get(id) ?? 0) + count)
  }
  const sum = (id: string) => sums.get(id) ?? 0
  return nodes.toSorted((one, other) => sum(other.id) - sum(one.id) || (one.id < other.id ? -1 : 1))
}

/** A network as a matrix: a row and a column for each participant, and two cells for each pair that shares records. */
export function NetworkMatrix({
  graph,
  caption,
  selected,
  onSelect,
}: {
  graph: NetworkGraph
  caption: string
  selected: NetworkEdge | undefined
  onSelect: (edge: NetworkEdge) => void
}) {
  const { t, number } = useLanguage()
  const [frame, width] = useWidth<HTMLDivElement>()
  const [hovered, setHovered] = useState<string>()
  const nodes = bySharedRecords(graph)
  const labelWidth = Math.max(minLabelWidth, Math.min(maxLabelWidth, Math.floor(width / 3)))
  const cellSize = Math.max(
    minCellSize,
    Math.min(maxCellSize, Math.floor((width - labelWidth) / nodes.length)),
  )
  const size = labelWidth + cellSize * nodes.length
  const indexes = new Map(nodes.map(({ id }, index) => [id, index]))
  const names = new Map(nodes.map(({ id, name }) => [id, name]))
  const opacity = scaleSqrt([0, Math.max(1, ...graph.edges.map(({ count }) => count))], [minOpacity, 1])
  const cells = graph.edges.flatMap((edge) => {
    const [source, target] = [indexes.get(edge.source) ?? 0, indexes.get(edge.target) ?? 0]
    return [
      { edge, row: source, column: target },
      { edge, row: target, column: source },
    ]
  })
  // If a changed filter has removed the pair under the pointer, the selected pair is described.
  const described = (hovered === undefined ? undefined : findEdge(graph, hovered)) ?? selected
  return (
    <div ref={frame}>
      <p class="small matrix-pointed">
        {described
          ? t('value.named', {
              name: `${names.get(described.source)} – ${names.get(described.target)}`,
              value: number(described.count),
            })
          : t('network.point')}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users must be able to scroll the matrix */}
      <section class="matrix-frame" tabIndex={0} aria-label={caption}>
        <svg
          class="matrix"
          width={size}
          height={size}
          viewBox={`0 0 ${size} ${size}`}
          role="img"
          aria-label={caption}
        >
          <rect
            class="background"
            x={labelWidth}
            y={labelWidth}
            width={cellSize * nodes.length}
            height={cellSize * nodes.length}
          />
          {nodes.map(({ id, name }, index) => {
            const middle = labelWidth + index * cellSize + cellSize / 2 + baselineOffset
            const text = fitText(name, labelWidth - 2 * labelGap)
            return (
              <g key={id}>
                <text x={labelWidth - labelGap} y={middle} text-anchor="end">
                  {text}
                </text>
                <text transform={`translate(${middle} ${labelWidth - labelGap}) rotate(-90)`}>{text}</text>
              </g>
            )
          })}
          {cells.map(({ edge, row, column }) => (
            // With the keyboard, users select a pair with the buttons of `PairTable`, below the matrix.
            // biome-ignore lint/a11y/noStaticElementInteractions: thousands of cells must not take the keyboard focus
            <rect
              key={`${row},${column}`}
              class={selected && pairOf(selected) === pairOf(edge) ? 'cell selected' : 'cell'}
              x={labelWidth + column * cellSize + 0.5}
              y={labelWidth + row * cellSize + 0.5}
              width={cellSize - 1}
              height={cellSize - 1}
              fill-opacity={opacity(edge.count)}
              onPointerEnter={() => setHovered(pairOf(edge))}
              onPointerLeave={() => setHovered(undefined)}
              onClick={() => onSelect(edge)}
            />
          ))}
        </svg>
      </section>
    </div>
  )
}
