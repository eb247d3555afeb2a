import type { FormField } from '../../api/forms.ts'
import type { FormValues } from '../form-values.ts'
import { Field } from './field.tsx'

/** The fields of a form, one below the other. */
export function FieldList({
  fields,
  values,
  onChange,
}: {
  fields: readonly FormField[]
  values: FormValues
  /** Called with a function that returns the new values from the current values. */
  onChange: (change: (current: FormValues) => FormValues) => void
}) {
  return (
    <>
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={values[field.name]}
          pointer={`/${field.name}`}
          onChange={(value) => onChange((current) => ({ ...current, [field.name]: value }))}
        />
      ))}
    </>
  )
}
