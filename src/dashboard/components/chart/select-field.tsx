import type { Option } from '../../api/use-dimension-values.ts'

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
  // A value from the URL stays selected even if no record has it.
  const isUnknown = value !== '' && options.every((option) => option.value !== value)
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {emptyLabel !== undefined && <option value="">{emptyLabel}</option>}
        {isUnknown && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  )
}
