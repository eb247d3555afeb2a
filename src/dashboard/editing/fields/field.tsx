import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { useOutdateFaults } from '../faults.ts'
import { DateField } from './date-field.tsx'
import { type FieldProps, LabelledInput, useInputAttributes } from './labelled.tsx'
import { ListField } from './list-field.tsx'
import { ObjectField, ParticipantField } from './object-field.tsx'
import { AnyRecordField, ReferenceField } from './reference-field.tsx'

/** A text that may have more characters than this, such as a summary, gets a text area of four lines instead of two. */
const maxNoteCharacters = 1000

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

/**
 * The input for a field, which depends on its kind. No input has a `maxlength`, with which the browser would silently
 * cut pasted text: the service refuses a text that is too long.
 */
export function Field(props: FieldProps) {
  switch (props.field.kind) {
    case 'object':
      return <ObjectField {...props} NestedField={Field} />
    case 'participant':
      return <ParticipantField {...props} NestedField={Field} />
    case 'list':
      return <ListField {...props} NestedField={Field} />
    default:
      return <SingleField {...props} />
  }
}

/** The input for a field without nested fields. When the user changes the value, its faults are outdated. */
function SingleField({ field, value, pointer, onChange }: FieldProps) {
  const outdateFaults = useOutdateFaults()
  const props: FieldProps = {
    field,
    value,
    pointer,
    onChange: (next) => {
      // The faults of a reference to a record of one of several resources are those of its parts.
      if (field.kind === 'record') outdateFaults(`${pointer}/resource`, `${pointer}/id`)
      else outdateFaults(pointer)
      onChange(next)
    },
  }
  switch (field.kind) {
    case 'enumeration':
      return <EnumerationField {...props} />
    case 'date':
      return <DateField {...props} />
    case 'longText':
      return <LongTextField {...props} />
    case 'reference':
      return <ReferenceField {...props} />
    case 'record':
      return <AnyRecordField {...props} />
    default:
      return <TextField {...props} />
  }
}

function TextField({ field, value, pointer, onChange }: FieldProps) {
  const attributes = useInputAttributes(pointer, field.isRequired)
  return (
    <LabelledInput field={field} pointer={pointer}>
      <input
        {...attributes}
        type="text"
        dir="auto"
        inputMode={field.kind === 'number' ? 'decimal' : 'text'}
        value={text(value)}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </LabelledInput>
  )
}

function LongTextField({ field, value, pointer, onChange }: FieldProps) {
  const attributes = useInputAttributes(pointer, field.isRequired)
  return (
    <LabelledInput field={field} pointer={pointer}>
      <textarea
        {...attributes}
        dir="auto"
        rows={(field.maxLength ?? 0) > maxNoteCharacters ? 4 : 2}
        value={text(value)}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </LabelledInput>
  )
}

function EnumerationField({ field, value, pointer, onChange }: FieldProps) {
  const { t } = useLanguage()
  const { word: labelOf } = useLabels()
  const attributes = useInputAttributes(pointer, field.isRequired)
  const none = field.isRequired ? 'edit.choose' : field.isNullable ? 'value.unknown' : 'edit.default'
  // An enumeration that is neither required nor nullable has a default, such as the visibility. A patch cannot reset it to the
  // default by null, so the form offers the default only until a value is set.
  const hasNone = none !== 'edit.default' || text(value) === ''
  return (
    <LabelledInput field={field} pointer={pointer}>
      <select {...attributes} value={text(value)} onChange={(event) => onChange(event.currentTarget.value)}>
        {hasNone && <option value="">{t(none)}</option>}
        {field.values?.map((word) => (
          <option key={word} value={word}>
            {labelOf(word)}
          </option>
        ))}
      </select>
    </LabelledInput>
  )
}
