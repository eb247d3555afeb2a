import { Link } from 'wouter-preact'
import { countPath } from '../../view-data.ts'
import { explorePath, type ResourceDescription } from '../api/resources.ts'
import type { Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useLanguage } from '../i18n/language.ts'

/** The number of records of each of the given resources, as a link to them. */
export function KeyFigures({
  label,
  resources,
}: {
  label: string
  resources: readonly ResourceDescription[]
}) {
  return (
    <dl class="key-figures" aria-label={label}>
      {resources.map((resource) => (
        <KeyFigure key={resource.name} resource={resource} />
      ))}
    </dl>
  )
}

function KeyFigure({ resource: { name } }: { resource: ResourceDescription }) {
  const { number, t, resourceLabel } = useLanguage()
  const state = useApi<Page<unknown>>(countPath(name))
  const count = state.body?.page.total?.count
  return (
    <div class="key-figure">
      <dt>{resourceLabel(name)}</dt>
      <dd>
        {state.error ? (
          <button type="button" onClick={state.retry} title={state.error.message}>
            {t('state.retry')}
          </button>
        ) : (
          <Link href={explorePath(`/v1/${name}`)}>{count === undefined ? '…' : number(count)}</Link>
        )}
      </dd>
    </div>
  )
}
