import type { components } from '../api/schema.d.ts'

type Schemas = components['schemas']

export type Network = Schemas['Network']
export type CountryNetwork = Schemas['CountryNetwork']

/** A participant: a country or an organization. `id` is its key. */
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
  /**
   * The number of edges, including omitted ones. For an ego network, it includes the omitted edges to the centre if `egoGraph` was
   * called with `countryNetwork`, and no other omitted edges.
   */
  totalEdges: number
  /**
   * Set if edges of an ego network may be missing, since they come from a truncated network of all participants: `received`
   * counts the edges of the truncated network, and `total` those of the complete one. If `egoGraph` was called with
   * `countryNetwork`, only the edges between partners come from the truncated network.
   */
  truncation?: { received: number; total: number }
  /** The id of the participant at the centre; undefined for the network of all participants. */
  centre: string | undefined
}

/** Returns the two participants of an edge as the text that identifies the pair in URLs. */
export const pairOf = ({ source, target }: Pick<NetworkEdge, 'source' | 'target'>): string =>
  `${source},${target}`

/** Returns the edge of a pair, in either order. */
export const findEdge = ({ edges }: NetworkGraph, pair: string | null): NetworkEdge | undefined =>
  edges.find((edge) => pairOf(edge) === pair || `${edge.target},${edge.source}` === pair)

/** Returns the graph of the network of all participants. */
export const wholeGraph = ({ nodes, edges, total }: Network): NetworkGraph => ({
  nodes,
  edges,
  totalEdges: total.edges,
  centre: undefined,
})

/**
 * Returns the ego network of a participant: the edges to its partners, and the edges between its partners.
 * @param countryNetwork the API's network of the country; without it, the edges to partners are taken from `whole`.
 */
export function egoGraph(whole: Network, centre: string, countryNetwork?: CountryNetwork): NetworkGraph {
  const toPartners: NetworkEdge[] = countryNetwork
    ? countryNetwork.partners.map(
        ({ country, name: _, numeric: __, link: ___, searches: ____, ...counted }) => ({
          source: centre,
          target: country,
          ...counted,
        }),
      )
    : whole.edges.filter(({ source, target }) => source === centre || target === centre)
  const participants = new Set(toPartners.flatMap(({ source, target }) => [source, target]))
  const between = whole.edges.filter(
    ({ source, target }) =>
      source !== centre && target !== centre && participants.has(source) && participants.has(target),
  )
  const names = new Map([
    ...whole.nodes.map(({ id, name }) => [id, name] as const),
    ...(countryNetwork?.partners ?? []).map(({ country, name }) => [country, name] as const),
    ...(countryNetwork ? [[centre, countryNetwork.country.name] as const] : []),
  ])
  const omitted = (countryNetwork?.total.partners ?? toPartners.length) - toPartners.length
  return {
    nodes: [...new Set([centre, ...participants])].map((id) => ({ id, name: names.get(id) ?? id })),
    edges: [...toPartners, ...between],
    totalEdges: toPartners.length + between.length + omitted,
    ...(whole.total.edges > whole.edges.length &&
      (!countryNetwork || toPartners.length > 1) && {
        truncation: { received: whole.edges.length, total: whole.total.edges },
      }),
    centre,
  }
}
