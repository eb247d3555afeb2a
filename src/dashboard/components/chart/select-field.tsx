import type { Option } from '../../api/use-dimension-values.ts'
import { useLanguage } from '../../i18n/language.ts'

/** A labelled `select` element, optionally with an empty choice. */
export function SelectField({
  label,
  value,
  options,
  emptyLabel,
  onChange,
}: {
  label: string
  value: string
  options: readonly Option[]
  /** Label of the empty choice; without it, an option must be chosen. */
  emptyLabel?: string
  onChange: (value: string) => void
}) {
  const { t } = useLanguage()
  // A value from the URL stays selected even if it is none of the options. It may be several of them, separated by commas.
  const isOther = value !== '' && options.every((option) => option.value !== value)
  const labelOf = (one: string) => options.find((option) => option.value === one)?.label ?? one
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {emptyLabel !== undefined && <option value="">{emptyLabel}</option>}
        {isOther && <option value={value}>{value.split(',').map(labelOf).join(t('list.comma'))}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  )
}
