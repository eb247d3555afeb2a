import { Link } from 'wouter-preact'
import { withQuery } from '../../api/path.ts'
import { explorePath, recordPath } from '../../api/resources.ts'
import type { NetworkEdge } from '../../charts/network-data.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLanguage } from '../../i18n/language.ts'

type Filters = Readonly<Record<string, string>>

/**
 * Returns the path of the view of the records that two participants share, with the filters of the network. `kind` says
 * whether the participants are countries or organizations.
 */
export const sharedPath = (
  resource: string,
  { source, target }: NetworkEdge,
  { kind, filters }: { kind: 'country' | 'organization'; filters: Filters },
): string => explorePath(withQuery(`/v1/${resource}`, { [`${kind}[all]`]: [source, target], ...filters }))

/** Links to the records that two participants share, by resource, with their topics and their first and last date. */
export function PairDetails({
  edge,
  names,
  network,
}: {
  edge: NetworkEdge
  names: ReadonlyMap<string, string>
  network: { kind: 'country' | 'organization'; filters: Filters }
}) {
  const language = useLanguage()
  const { t, tOr, number } = language
  const resource = network.kind === 'country' ? 'countries' : 'organizations'
  const dates = [edge.first, edge.last].flatMap((date) => (date === null ? [] : formatEdtf(date, language)))
  return (
    <section class="pair" aria-label={t('network.pair')}>
      <h3>
        {[edge.source, edge.target].map((id, index) => (
          <span key={id}>
            {index > 0 && ' – '}
            <Link href={recordPath(resource, id)}>{names.get(id) ?? id}</Link>
          </span>
        ))}
      </h3>
      <ul class="chips">
        {Object.entries(edge.resources)
          .filter(([, count]) => count > 0)
          .map(([name, count]) => (
            <li key={name}>
              <Link class="button" href={sharedPath(name, edge, network)}>
                {tOr(`resource.${name}`, name)} {number(count)}
              </Link>
            </li>
          ))}
      </ul>
      {edge.topics.length > 0 && (
        <p class="small soft">
          {t('country.topics')}:{' '}
          {edge.topics.map(({ name, count }) => `${name} ${number(count)}`).join(' · ')}
        </p>
      )}
      <p class="small soft">
        {t('network.dates')}: {dates.length === 0 ? t('value.unknown') : [...new Set(dates)].join(' – ')}
      </p>
    </section>
  )
}
