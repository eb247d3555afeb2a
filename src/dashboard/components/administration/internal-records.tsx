import { Link } from 'wouter-preact'
import { withQuery } from '../../api/path.ts'
import { explorePath, type ResourceDescription, resources } from '../../api/resources.ts'
import type { Page, RecordDocument } from '../../api/types.ts'
import { useApi } from '../../api/use-api.ts'
import { useLanguage } from '../../i18n/language.ts'
import { Loaded, Widget } from '../widget.tsx'

/** The number of internal records of each resource, with links to them. */
export function InternalRecords() {
  const { t } = useLanguage()
  return (
    <Widget title={t('internal.title')} caption={t('internal.caption')}>
      <table>
        <caption class="visually-hidden">{t('internal.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('internal.resource')}</th>
            <th scope="col" class="number">
              {t('internal.count')}
            </th>
          </tr>
        </thead>
        <tbody>
          {resources.map((resource) => (
            <InternalCount key={resource.name} resource={resource} />
          ))}
        </tbody>
      </table>
    </Widget>
  )
}

function InternalCount({ resource: { name, key } }: { resource: ResourceDescription }) {
  const { number, resourceLabel } = useLanguage()
  const filter = { visibility: 'internal' }
  const list = withQuery(`/v1/${name}`, filter)
  const state = useApi<Page<RecordDocument>>(
    withQuery(`/v1/${name}`, { ...filter, fields: [key], limit: 1, count: 'exact' }),
  )
  return (
    <tr>
      <th scope="row">{resourceLabel(name)}</th>
      <td class="number">
        <Loaded state={state} height="1.5rem">
          {({ page }) => <Link href={explorePath(list)}>{number(page.total?.count ?? 0)}</Link>}
        </Loaded>
      </td>
    </tr>
  )
}
