import type { components } from '../api/schema.d.ts'

type Schemas = components['schemas']

export type Network = Schemas['Network']
export type CountryNetwork = Schemas['CountryNetwork']

/** A participant. */
export interface NetworkNode {
  id: string
  name: string
}

/** Two participants and the number of records that they share. */
export interface NetworkEdge extends Omit<Network['edges'][number], 'source' | 'target'> {
  source: string
  target: string
}

/** The data of a network chart. */
export interface NetworkGraph {
  nodes: NetworkNode[]
  edges: NetworkEdge[]
  /** The number of all edges, including those that the response omits. */
  totalEdges: number
  /** The node whose network it is. */
  centre: string | undefined
}

/** The pair of an edge in URLs. */
export const pairOf = ({ source, target }: Pick<NetworkEdge, 'source' | 'target'>): string =>
  `${source},${target}`

/** Returns the edge of a pair, in either order. */
export const findEdge = ({ edges }: NetworkGraph, pair: string | null): NetworkEdge | undefined =>
  edges.find((edge) => pairOf(edge) === pair || `${edge.target},${edge.source}` === pair)

/** The network of all participants. */
export const wholeGraph = ({ nodes, edges, total }: Network): NetworkGraph => ({
  nodes,
  edges,
  totalEdges: total.edges,
  centre: undefined,
})

/**
 * The network around one participant: its own edges, and those between its partners.
 * @param around the participant's partners as the API counts them; without it, its edges in `whole`.
 */
export function egoGraph(whole: Network, centre: string, around?: CountryNetwork): NetworkGraph {
  const own: NetworkEdge[] = around
    ? around.partners.map(({ country, name: _, numeric: __, link: ___, searches: ____, ...counted }) => ({
        source: centre,
        target: country,
        ...counted,
      }))
    : whole.edges.filter(({ source, target }) => source === centre || target === centre)
  const partners = new Set(own.flatMap(({ source, target }) => [source, target]))
  const between = whole.edges.filter(
    ({ source, target }) =>
      source !== centre && target !== centre && partners.has(source) && partners.has(target),
  )
  const names = new Map([
    ...whole.nodes.map(({ id, name }) => [id, name] as const),
    ...(around?.partners ?? []).map(({ country, name }) => [country, name] as const),
    ...(around ? [[centre, around.country.name] as const] : []),
  ])
  const omitted = (around?.total.partners ?? own.length) - own.length
  return {
    nodes: [...new Set([centre, ...partners])].map((id) => ({ id, name: names.get(id) ?? id })),
    edges: [...own, ...between],
    totalEdges: own.length + between.length + omitted,
    centre,
  }
}
