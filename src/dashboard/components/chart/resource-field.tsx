import { resourcesWithParticipants } from '../../api/resources.ts'
import { useLanguage } from '../../i18n/language.ts'
import { SelectField } from './select-field.tsx'

/**
 * Selects the resource whose records are shown, from those with participants. If the URL names another resource, or several
 * resources, they are an additional choice.
 */
export function ResourceField({
  value,
  emptyLabel,
  onChange,
}: {
  /** The resource in the URL, or several of them, separated by commas. */
  value: string
  /** Label of the choice of all resources; without it, one must be chosen. */
  emptyLabel?: string
  onChange: (resource: string) => void
}) {
  const { t, resourceLabel } = useLanguage()
  const names = resourcesWithParticipants.map(({ name }) => name)
  const offered = value === '' || names.includes(value) ? names : [value, ...names]
  return (
    <SelectField
      label={t('chart.resource')}
      value={value}
      options={offered.map((name) => ({
        value: name,
        label: name.split(',').map(resourceLabel).join(t('list.comma')),
      }))}
      {...(emptyLabel !== undefined && { emptyLabel })}
      onChange={onChange}
    />
  )
}
