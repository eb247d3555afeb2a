import type { FormField } from '../api/forms.ts'
import type { ResourceDescription } from '../api/resources.ts'
import { Field } from '../editing/fields/field.tsx'

/** The field for the record that stays after a merge: a search for a record of the resource. */
export function RemainingField({
  resource,
  value,
  onChange,
}: {
  resource: ResourceDescription
  /** The key of the chosen record. */
  value?: string
  onChange: (key: string | undefined) => void
}) {
  const field: FormField = {
    name: 'into',
    kind: 'reference',
    isRequired: true,
    isNullable: false,
    resources: [resource.name],
  }
  return (
    <Field
      field={field}
      value={value}
      pointer="/into"
      onChange={(key) => onChange(typeof key === 'string' ? key : undefined)}
    />
  )
}
