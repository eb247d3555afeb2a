import { memo } from 'preact/compat'
import type { FormField } from '../../api/forms.ts'
import type { FormValues } from '../form-values.ts'
import { Field } from './field.tsx'

/** Called with a function that returns the new values of a form from the current values. */
type ChangeValues = (change: (current: FormValues) => FormValues) => void

/** The fields of a form, one below the other. */
export function FieldList({
  fields,
  values,
  onChange,
}: {
  fields: readonly FormField[]
  values: FormValues
  onChange: ChangeValues
}) {
  return (
    <>
      {fields.map((field) => (
        <FieldOfForm key={field.name} field={field} value={values[field.name]} onChange={onChange} />
      ))}
    </>
  )
}

/** A field that is rendered again only if its own value changes: other fields may be lists of hundreds of items. */
const FieldOfForm = memo(
  ({ field, value, onChange }: { field: FormField; value: unknown; onChange: ChangeValues }) => (
    <Field
      field={field}
      value={value}
      pointer={`/${field.name}`}
      onChange={(next) => onChange((current) => ({ ...current, [field.name]: next }))}
    />
  ),
)
