import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import { combineStates } from '../../api/combine.ts'
import { mergeNames } from '../../api/names.ts'
import { findProperty, type ResourceDescription, recordPath } from '../../api/resources.ts'
import { titleOf } from '../../api/titles.ts'
import type { Names, RecordDocument } from '../../api/types.ts'
import { usePages } from '../../api/use-pages.ts'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { InternalTag } from '../internal-tag.tsx'
import { Value } from '../value.tsx'
import { Loaded, Widget } from '../widget.tsx'
import { compareRecords } from './record-differences.ts'

/** Maximum number of pages of records that are compared. */
const maxPages = 3

/**
 * The records that were added, removed or changed between two times. `below` is rendered after they have loaded, so that
 * it does not move.
 */
export function ChangedRecords({
  resource,
  filters,
  times: [before, after],
  below,
}: {
  resource: ResourceDescription
  filters: Readonly<Record<string, string>>
  /** The earlier and the later time; undefined means now. */
  times: readonly [string | undefined, string | undefined]
  below: ComponentChildren
}) {
  const { t } = useLanguage()
  const path = `/v1/${resource.name}`
  const { asOfName } = resource
  const selection = { ...filters, include: 'names' }
  const earlier = usePages<RecordDocument>(path, { ...selection, [asOfName]: before }, maxPages)
  const later = usePages<RecordDocument>(path, { ...selection, [asOfName]: after }, maxPages)
  const state = combineStates([earlier, later])
  return (
    <>
      <Widget title={t('compare.changes')} caption={t('compare.changesCaption')} wide>
        <Loaded state={state} height="16rem">
          {(states) =>
            states.some(({ hasMore }) => hasMore) ? (
              <p class="empty">{t('compare.tooMany')}</p>
            ) : (
              <Differences
                resource={resource}
                before={states[0]?.data ?? []}
                after={states[1]?.data ?? []}
                names={mergeNames(states[0]?.names ?? {}, states[1]?.names)}
              />
            )
          }
        </Loaded>
      </Widget>
      {state.status !== 'loading' && below}
    </>
  )
}

function Differences({
  resource,
  before,
  after,
  names,
}: {
  resource: ResourceDescription
  before: readonly RecordDocument[]
  after: readonly RecordDocument[]
  names: Names
}) {
  const { t, tag, number } = useLanguage()
  const { added, removed, changed } = compareRecords(resource, before, after)
  const key = (record: RecordDocument) => String(record[resource.key])
  const title = (record: RecordDocument) => titleOf(resource, record, tag)
  const link = (record: RecordDocument) => (
    <>
      <Link href={recordPath(resource.name, key(record))}>{title(record)}</Link>
      <InternalTag visibility={record.visibility} />
    </>
  )
  if (added.length + removed.length + changed.length === 0)
    return <p class="empty">{t('compare.noChanges')}</p>
  return (
    <div class="stack">
      {added.length > 0 && (
        <section>
          <h3>{t('compare.added', { count: number(added.length) })}</h3>
          <ul class="entries">
            {added.map((record) => (
              <li key={key(record)}>{link(record)}</li>
            ))}
          </ul>
        </section>
      )}
      {removed.length > 0 && (
        <section>
          <h3>{t('compare.removed', { count: number(removed.length) })}</h3>
          <ul class="entries">
            {removed.map((record) => (
              <li key={key(record)}>
                {title(record)}
                <InternalTag visibility={record.visibility} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {changed.length > 0 && (
        <section>
          <h3>{t('compare.changed', { count: number(changed.length) })}</h3>
          <ul class="entries">
            {changed.map(({ record, properties }) => (
              <li key={key(record)}>
                {link(record)}
                <ChangedProperties
                  resource={resource}
                  properties={properties}
                  name={title(record)}
                  names={names}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function ChangedProperties({
  resource,
  properties,
  name,
  names,
}: {
  resource: ResourceDescription
  properties: ReturnType<typeof compareRecords>['changed'][number]['properties']
  name: string
  names: Names
}) {
  const { t } = useLanguage()
  const labels = useLabels()
  return (
    <table class="diff">
      <caption class="visually-hidden">{name}</caption>
      <thead>
        <tr>
          <th scope="col">{t('record.property')}</th>
          <th scope="col">{t('compare.before')}</th>
          <th scope="col">{t('record.after')}</th>
        </tr>
      </thead>
      <tbody>
        {properties.map(({ property, before, after }) => (
          <tr key={property}>
            <th scope="row">{labels.property(property)}</th>
            <td>
              <del>
                <Value
                  value={before}
                  property={findProperty(resource.properties, property)}
                  names={names}
                  showsAll
                />
              </del>
            </td>
            <td>
              <ins>
                <Value
                  value={after}
                  property={findProperty(resource.properties, property)}
                  names={names}
                  showsAll
                />
              </ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
