import { Link } from 'wouter-preact'
import { recordDetailPath } from '../api/resources.ts'
import type { ImportJob } from '../api/types.ts'
import { ServiceText } from '../components/service-text.tsx'
import { Widget } from '../components/widget.tsx'
import { useLanguage } from '../i18n/language.ts'

type Kept = NonNullable<ImportJob['report']>['kept'][number]

/** Properties that an import did not overwrite, or records that its undo did not fully revert, with the reasons. */
export function KeptProperties({ kept, count }: { kept: readonly Kept[]; count: number }) {
  const { t, number, resourceLabel } = useLanguage()
  return (
    <Widget title={t('imports.kept')} caption={t('imports.keptCaption', { count: number(count) })}>
      <ul class="entries">
        {kept.map(({ resource, key, reason }) => (
          <li key={`${resource}${key}${reason}`}>
            <Link href={recordDetailPath(resource, key)}>{resourceLabel(resource)}</Link>{' '}
            <ServiceText text={reason} />
          </li>
        ))}
      </ul>
    </Widget>
  )
}
