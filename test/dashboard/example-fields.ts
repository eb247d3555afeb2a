import type { FormField } from '../../src/dashboard/api/forms.ts'

/** Creates a form field. By default, it is nullable and not required. */
export const field = (name: string, kind: FormField['kind'], more: Partial<FormField> = {}): FormField => ({
  name,
  kind,
  isRequired: false,
  isNullable: true,
  ...more,
})

/** The fields of an example form. */
export const fields = [
  field('title', 'text', { isRequired: true, isNullable: false }),
  field('value', 'number'),
  field('location', 'object', { fields: [field('name', 'text'), field('latitude', 'number')] }),
  field('languages', 'list', { isNullable: false, item: field('languages', 'text') }),
]
