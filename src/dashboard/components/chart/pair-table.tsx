import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { type NetworkEdge, type NetworkGraph, pairOf } from '../../charts/network-data.ts'
import { useLanguage } from '../../i18n/language.ts'
import { ShowMoreButton } from '../show-more-button.tsx'
import { type NetworkSelection, sharedLinks } from './pair-details.tsx'

/** Number of rows that are shown at first. */
const initialRowCount = 50
/** The table is open at first if it has at most this many rows. */
const maxOpenRows = 20

/**
 * A table of a network's edges, with the number of records of each resource. A number is a link if a single list has all its
 * records.
 */
export function PairTable({
  graph,
  caption,
  names,
  network,
  onSelect,
}: {
  graph: NetworkGraph
  caption: string
  names: ReadonlyMap<string, string>
  network: NetworkSelection
  onSelect: (edge: NetworkEdge) => void
}) {
  const { t, number, resourceLabel } = useLanguage()
  const [showsAll, setShowsAll] = useState(false)
  const rows = showsAll ? graph.edges : graph.edges.slice(0, initialRowCount)
  const resources = Object.keys(graph.edges[0]?.resources ?? {})
  return (
    <details open={graph.edges.length <= maxOpenRows}>
      <summary>{t('state.table')}</summary>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('network.pair')}</th>
            {resources.map((name) => (
              <th key={name} scope="col" class="number">
                {resourceLabel(name)}
              </th>
            ))}
            <th scope="col" class="number">
              {t('network.all')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((edge) => (
            <tr key={pairOf(edge)}>
              <th scope="row">
                <button type="button" class="plain" onClick={() => onSelect(edge)}>
                  {names.get(edge.source)} – {names.get(edge.target)}
                </button>
              </th>
              {resources.map((name) => {
                const count = Object.entries(edge.resources).find(([resource]) => resource === name)?.[1] ?? 0
                const [link, ...others] = count > 0 ? sharedLinks(name, edge, network) : []
                return (
                  <td key={name} class="number">
                    {link && others.length === 0 ? (
                      <Link href={link.path}>{number(count)}</Link>
                    ) : (
                      number(count)
                    )}
                  </td>
                )
              })}
              <td class="number">{number(edge.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < graph.edges.length && (
        <ShowMoreButton onClick={() => setShowsAll(true)}>
          {t('network.showAll', { count: number(graph.edges.length) })}
        </ShowMoreButton>
      )}
    </details>
  )
}
