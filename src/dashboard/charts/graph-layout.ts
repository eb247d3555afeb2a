import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force'
import type { NetworkGraph } from './network-data.ts'

/** A position in the chart, in pixels. */
export interface NodePosition {
  x: number
  y: number
}

/** Size of the chart, in pixels. */
export interface GraphSize {
  width: number
  height: number
}

interface PlacedNode extends SimulationNodeDatum {
  id: string
}

/** Duration of a slice of the computation: about half a frame at 60 Hz, so that the browser can render in the other half. */
const sliceMs = 8
/** Number of steps of the simulation. */
const stepCount = 300
/** Distance in pixels between the outermost nodes and the edge of the chart. */
const margin = 24

/** Yields to the browser, so that it can handle events. */
const yieldToEvents = () => new Promise<void>((resolve) => setTimeout(resolve))

/** Returns the positions of nodes, scaled to fill the chart, by node id. */
function scaleToFit(nodes: readonly PlacedNode[], { width, height }: GraphSize): Map<string, NodePosition> {
  const xs = nodes.map(({ x = 0 }) => x)
  const ys = nodes.map(({ y = 0 }) => y)
  const scaleOf = (values: readonly number[], size: number) => {
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const span = high - low
    return (value: number) => (span === 0 ? size / 2 : margin + ((value - low) / span) * (size - 2 * margin))
  }
  const [toX, toY] = [scaleOf(xs, width), scaleOf(ys, height)]
  return new Map(nodes.map(({ id, x = 0, y = 0 }) => [id, { x: toX(x), y: toY(y) }]))
}

/**
 * Computes the positions of nodes with a force simulation: participants that share records are near each other. The
 * simulation runs in time slices, so that the page stays responsive. The result depends only on the network and the size.
 * @returns positions by node id.
 * @throws the reason of the signal if it is aborted between two slices.
 */
export async function layoutGraph(
  { nodes, edges, centre }: NetworkGraph,
  size: GraphSize,
  signal: AbortSignal,
): Promise<Map<string, NodePosition>> {
  // Sorted by id, since the initial positions depend on the order.
  const placed: PlacedNode[] = nodes
    .map(({ id }) => (id === centre ? { id, fx: 0, fy: 0 } : { id }))
    .sort((one, other) => (one.id < other.id ? -1 : 1))
  const links: SimulationLinkDatum<PlacedNode>[] = edges
    .filter(({ source, target }) => source !== target)
    .map(({ source, target }) => ({ source, target }))
  // The lengths of the forces are relative to one another, since the positions are scaled to the chart.
  const simulation = forceSimulation(placed)
    .force(
      'link',
      forceLink<PlacedNode, SimulationLinkDatum<PlacedNode>>(links)
        .id(({ id }) => id)
        .distance(70)
        .strength(0.15),
    )
    .force('charge', forceManyBody().strength(-240))
    .force('collide', forceCollide(22))
    .force('x', forceX(0).strength(0.05))
    .force('y', forceY(0).strength((0.05 * size.width) / size.height))
    .stop()
  let sliceEnd = performance.now() + sliceMs
  for (let step = 0; step < stepCount; step += 1) {
    simulation.tick()
    if (performance.now() < sliceEnd) continue
    await yieldToEvents()
    signal.throwIfAborted()
    sliceEnd = performance.now() + sliceMs
  }
  return scaleToFit(placed, size)
}
