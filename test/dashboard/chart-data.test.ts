import { describe, expect, it } from 'vitest'
import { eventBars } from '../../src/dashboard/charts/event-bars.ts'
import { layoutGraph } from '../../src/dashboard/charts/graph-layout.ts'
import {
  type CountryNetwork,
  egoGraph,
  type Network,
  type NetworkEdge,
  type NetworkGraph,
} from '../../src/dashboard/charts/network-data.ts'

/** The layout and the participants of a network, and the bars of an event on the timeline, without a browser. */

const edge = (source: string, target: string): NetworkEdge => ({
  source,
  target,
  count: 1,
  resources: {},
  topics: [],
  first: null,
  last: null,
})

/** Creates a network with a number of nodes, each connected to some others. */
function exampleGraph(count: number): NetworkGraph {
  const ids = Array.from({ length: count }, (_, index) => `N${index}`)
  const edges = ids.flatMap((id, index) =>
    ids
      .slice(index + 1)
      .filter((_, other) => other % 5 === index % 5)
      .map((other) => edge(id, other)),
  )
  return { nodes: ids.map((id) => ({ id, name: id })), edges, totalEdges: edges.length, centre: 'N0' }
}

const size = { width: 800, height: 480 }
const signal = new AbortController().signal

describe('the layout of a network', () => {
  it('is the same for the reverse order of the nodes, and stays within the chart', async () => {
    const graph = exampleGraph(40)
    const positions = await layoutGraph(graph, size, signal)
    const again = await layoutGraph({ ...graph, nodes: graph.nodes.toReversed() }, size, signal)
    expect(positions.size).toBe(40)
    expect(Object.fromEntries(again)).toEqual(Object.fromEntries(positions))
    for (const { x, y } of positions.values()) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x).toBeLessThanOrEqual(size.width)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(y).toBeLessThanOrEqual(size.height)
    }
  })

  it('keeps the page responsive while it is computed, and stops when it is aborted', async () => {
    let timerRuns = 0
    const timer = setInterval(() => {
      timerRuns += 1
    }, 1)
    await layoutGraph(exampleGraph(99), size, signal)
    clearInterval(timer)
    expect(timerRuns).toBeGreaterThan(2)
    const controller = new AbortController()
    const aborted = layoutGraph(exampleGraph(99), size, controller.signal)
    controller.abort()
    await expect(aborted).rejects.toThrow()
  })
})

describe('the network around a participant', () => {
  const node = (id: string) => ({
    id,
    name: id,
    country: null,
    numeric: null,
    labelPoint: null,
    link: `/${id}`,
  })
  const network = (edges: number): Network => ({
    level: 'organization',
    nodes: [node('A'), node('B')],
    edges: [edge('A', 'B')],
    total: { edges },
  })
  const partner = (country: string) => ({
    ...edge('C', country),
    country,
    name: country,
    numeric: null,
    labelPoint: null,
    link: `/${country}`,
    searches: [],
  })
  const countryNetwork = (...partners: string[]): CountryNetwork => ({
    country: { code: 'C', name: 'C' },
    partners: partners.map(partner),
    total: { partners: partners.length, records: partners.length },
  })

  it('says how many of all pairs the response has, if it omits some', () => {
    expect(egoGraph(network(3), 'C')).toMatchObject({ edges: [], truncation: { received: 1, total: 3 } })
    expect(egoGraph(network(1), 'A').truncation).toBeUndefined()
  })

  it('says that pairs of partners of a country may be missing, if it has several partners', () => {
    const truncation = { received: 1, total: 3 }
    expect(egoGraph(network(3), 'C', countryNetwork('A', 'B')).truncation).toEqual(truncation)
    expect(egoGraph(network(3), 'C', countryNetwork('A')).truncation).toBeUndefined()
    expect(egoGraph(network(1), 'C', countryNetwork('A', 'B')).truncation).toBeUndefined()
  })
})

describe('the bars of an event', () => {
  const first = new Date('1950-01-01')
  const bars = (start: string | null, end: string | null) =>
    eventBars(start, end, first).map(({ from, to, kind }) => [
      from.toISOString().slice(0, 10),
      to?.toISOString().slice(0, 10) ?? null,
      kind,
    ])

  it.each([
    ['2004-05-06', null, [['2004-05-06', '2004-05-07', 'exact']]],
    ['2004-05', null, [['2004-05-01', '2004-06-01', 'imprecise']]],
    ['../1960', null, [['1950-01-01', '1961-01-01', 'imprecise']]],
    ['1960/..', null, [['1960-01-01', null, 'imprecise']]],
    [
      '2004',
      '2006-03-01',
      [
        ['2004-01-01', '2005-01-01', 'imprecise'],
        ['2004-12-31', '2006-03-01', 'exact'],
        ['2006-03-01', '2006-03-02', 'exact'],
      ],
    ],
    [
      '2004',
      '2004',
      [
        ['2004-01-01', '2005-01-01', 'imprecise'],
        ['2004-01-01', '2005-01-01', 'imprecise'],
      ],
    ],
    [null, null, []],
  ])('from %s to %s show the certain and the possible days', (start, end, expected) => {
    expect(bars(start, end)).toEqual(expected)
  })
})
