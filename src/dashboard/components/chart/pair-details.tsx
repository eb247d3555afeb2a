import { Fragment } from 'preact'
import { Link } from 'wouter-preact'
import { withQuery } from '../../api/path.ts'
import { explorePath, findResource } from '../../api/resources.ts'
import type { NetworkEdge } from '../../charts/network-data.ts'
import { formatEdtf } from '../../dates/format-edtf.ts'
import { useLanguage } from '../../i18n/language.ts'
import { useRecordPath } from '../as-of-context.ts'

/** The records of a network: whether its participants are countries or organizations, and which records it counts. */
export interface NetworkSelection {
  kind: 'country' | 'organization'
  /** Filters of the API's lists, without the participants and the period. */
  filters: Readonly<Record<string, string>>
  /** The period as an EDTF interval; undefined for all records. */
  period: string | undefined
  /** Whether the records without a date are counted in addition to those of the period. */
  includesUndated: boolean
}

/** A link to records that two participants share. The label says which records, unless the link leads to all counted ones. */
interface SharedLink {
  path: string
  label?: 'network.inPeriod' | 'network.undated'
}

/**
 * Returns links to the views of the records that two participants share. No list has the records of a period together with
 * those without a date, so these are two links.
 */
export function sharedLinks(
  resource: string,
  { source, target }: NetworkEdge,
  { kind, filters, period, includesUndated }: NetworkSelection,
): SharedLink[] {
  const pathOf = (more: Readonly<Record<string, string>>) =>
    explorePath(withQuery(`/v1/${resource}`, { [`${kind}[all]`]: [source, target], ...filters, ...more }))
  if (period === undefined) return [{ path: pathOf({}) }]
  const dated = pathOf({ happenedIn: period })
  if (!includesUndated) return [{ path: dated }]
  const dates = findResource(resource)?.eventDates ?? []
  const undated = pathOf(Object.fromEntries(dates.map((name) => [`${name}[isNull]`, 'true'])))
  return [
    { path: dated, label: 'network.inPeriod' },
    { path: undated, label: 'network.undated' },
  ]
}

/** Links to the records that two participants share, by resource, with their topics and their first and last date. */
export function PairDetails({
  edge,
  names,
  network,
}: {
  edge: NetworkEdge
  names: ReadonlyMap<string, string>
  network: NetworkSelection
}) {
  const language = useLanguage()
  const recordPath = useRecordPath()
  const { t, number, resourceLabel } = language
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
              <SharedLinks
                text={`${resourceLabel(name)} ${number(count)}`}
                links={sharedLinks(name, edge, network)}
              />
            </li>
          ))}
      </ul>
      {edge.topics.length > 0 && (
        <p class="small soft">
          {t('value.named', {
            name: t('country.topics'),
            value: edge.topics.map(({ name, count }) => `${name} ${number(count)}`).join(' · '),
          })}
        </p>
      )}
      <p class="small soft">
        {t('value.named', {
          name: t('network.dates'),
          value: dates.length === 0 ? t('value.unknown') : [...new Set(dates)].join(' – '),
        })}
      </p>
    </section>
  )
}

function SharedLinks({ text, links }: { text: string; links: readonly SharedLink[] }) {
  const { t } = useLanguage()
  return links.map(({ path, label }, index) =>
    label === undefined ? (
      <Link key={path} class="button" href={path}>
        {text}
      </Link>
    ) : (
      <Fragment key={path}>
        {index === 0 ? `${text}: ` : ' · '}
        <Link href={path}>{t(label)}</Link>
      </Fragment>
    ),
  )
}
