import type { ComponentChildren, ComponentType } from 'preact'
import type { FormField } from '../../api/forms.ts'
import { FaultText } from '../../components/service-text.tsx'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId, useFaults } from '../faults.ts'

/** Props of all fields. */
export interface FieldProps {
  field: FormField
  value: unknown
  /** JSON pointer of the value in the record. */
  pointer: string
  onChange: (value: unknown) => void
}

/** Props of a field with nested fields. */
export interface CompositeProps extends FieldProps {
  /** The component that renders a nested field. */
  NestedField: ComponentType<FieldProps>
}

/** Attributes that connect an input to its label, hint and faults. */
export interface InputAttributes {
  id: string
  'aria-describedby': string
  'aria-invalid': boolean
  'aria-required': boolean
}

/** Returns the attributes that connect an input to its label, hint and faults. */
export function useInputAttributes(pointer: string, isRequired: boolean): InputAttributes {
  const id = fieldId(pointer)
  const isInvalid = useFaults(pointer).length > 0
  return {
    id,
    'aria-describedby': `${id}-hint${isInvalid ? ` ${id}-faults` : ''}`,
    'aria-invalid': isInvalid,
    'aria-required': isRequired,
  }
}

/** The faults of the value at a pointer, translated where possible. */
export function FaultTexts({ pointer }: { pointer: string }) {
  const faults = useFaults(pointer)
  if (faults.length === 0) return null
  return (
    <p id={`${fieldId(pointer)}-faults`} class="fault">
      {faults.map((fault, index) => (
        <span key={fault.message}>
          {index > 0 && '; '}
          <FaultText fault={fault} />
        </span>
      ))}
    </p>
  )
}

/** The description of the property, from the OpenAPI document, in the language of the page if it is translated. */
function Hint({ field, pointer }: { field: FormField; pointer: string }) {
  const { tag } = useLanguage()
  return (
    <p id={`${fieldId(pointer)}-hint`} class="soft small">
      {field.hint?.[tag] ?? field.hint?.en}
    </p>
  )
}

function RequiredMark({ field }: { field: FormField }) {
  const { t } = useLanguage()
  return field.isRequired ? <span class="soft small"> {t('edit.required')}</span> : null
}

/** A text with at least this `maxLength` gets the full width of the form. */
const minWideLength = 500

const isWide = ({ kind, maxLength = 0 }: FormField) =>
  kind === 'longText' || (kind === 'text' && maxLength >= minWideLength)

/** An input with its label, faults, hint and help. */
export function LabelledInput({
  field,
  pointer,
  help,
  children,
}: {
  field: FormField
  pointer: string
  help?: ComponentChildren
  children: ComponentChildren
}) {
  const labels = useLabels()
  return (
    <div class={isWide(field) ? 'field wide' : 'field'}>
      <label for={fieldId(pointer)}>
        {labels.property(field.name)}
        <RequiredMark field={field} />
      </label>
      {children}
      <FaultTexts pointer={pointer} />
      <Hint field={field} pointer={pointer} />
      {help}
    </div>
  )
}

/** A group of inputs under one heading, such as the inputs of a location. It can take the focus for faults of the group. */
export function FieldGroup({
  field,
  pointer,
  legend,
  children,
}: {
  field: FormField
  pointer: string
  /** The heading of an item of a list. By default, the heading is the label of the property, with its hint. */
  legend?: string
  children: ComponentChildren
}) {
  const labels = useLabels()
  return (
    <fieldset class="field-group wide" id={fieldId(pointer)} tabIndex={-1}>
      <legend>
        {legend ?? labels.property(field.name)}
        {legend === undefined && <RequiredMark field={field} />}
      </legend>
      {legend === undefined && <Hint field={field} pointer={pointer} />}
      <FaultTexts pointer={pointer} />
      {children}
    </fieldset>
  )
}
