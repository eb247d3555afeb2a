import { scaleSqrt } from 'd3-scale'
import { useState } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'
import { fitText } from './fit-text.ts'
import { findEdge, type NetworkEdge, type NetworkGraph, pairOf } from './network-data.ts'
import { useWidth } from './use-width.ts'

// All lengths are in pixels.
const minLabelWidth = 110
const maxLabelWidth = 220
const minCell = 12
const maxCell = 28

/** Returns the nodes by the number of records on their edges, largest first. */
function bySharedRecords({ nodes, edges }: NetworkGraph) {
  const sums = new Map<string, number>()
  for (const { source, target, count } of edges) {
    for (const id of [source, target]) sums.set(id, (sums.get(id) ?? 0) + count)
  }
  const sum = (id: string) => sums.get(id) ?? 0
  return nodes.toSorted((one, other) => sum(other.id) - sum(one.id) || (one.id < other.id ? -1 : 1))
}

/** A network as a matrix: a row and a column for each participant, and a cell for each pair that shares records. */
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
  const cell = Math.max(minCell, Math.min(maxCell, Math.floor((width - labelWidth) / nodes.length)))
  const size = labelWidth + cell * nodes.length
  const rows = new Map(nodes.map(({ id }, index) => [id, index]))
  const names = new Map(nodes.map(({ id, name }) => [id, name]))
  const opacity = scaleSqrt([0, Math.max(1, ...graph.edges.map(({ count }) => count))], [0.25, 1])
  const cells = graph.edges.flatMap((edge) => {
    const [one, other] = [rows.get(edge.source) ?? 0, rows.get(edge.target) ?? 0]
    return [
      { edge, row: one, column: other },
      { edge, row: other, column: one },
    ]
  })
  // A pair that a changed filter has removed is no longer described, even if the pointer has not moved.
  const described = (hovered === undefined ? undefined : findEdge(graph, hovered)) ?? selected
  return (
    <div ref={frame}>
      <p class="small matrix-pointed">
        {described
          ? t('filter.is', {
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
            width={cell * nodes.length}
            height={cell * nodes.length}
          />
          {nodes.map(({ id, name }, index) => {
            const middle = labelWidth + index * cell + cell / 2 + 4
            const text = fitText(name, labelWidth - 8)
            return (
              <g key={id}>
                <text x={labelWidth - 4} y={middle} text-anchor="end">
                  {text}
                </text>
                <text transform={`translate(${middle} ${labelWidth - 4}) rotate(-90)`}>{text}</text>
              </g>
            )
          })}
          {cells.map(({ edge, row, column }) => (
            // `PairTable`, below the matrix, has a button for each pair.
            // biome-ignore lint/a11y/noStaticElementInteractions: thousands of cells must not take the keyboard focus
            <rect
              key={`${row},${column}`}
              class={selected && pairOf(selected) === pairOf(edge) ? 'cell selected' : 'cell'}
              x={labelWidth + column * cell + 0.5}
              y={labelWidth + row * cell + 0.5}
              width={cell - 1}
              height={cell - 1}
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
