import { findName, nameIn } from '../../api/names.ts'
import type { Hit } from '../../components/hit-details.tsx'
import { useLabels } from '../../i18n/labels.ts'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId, useOutdateFaults, useRemoveItemFaults } from '../faults.ts'
import { isPlainObject } from '../form-values.ts'
import { useNames } from '../names.ts'
import { useFocusAfterChange } from '../use-focus-after-change.ts'
import { FaultTexts, type FieldProps, LabelledInput, useInputAttributes } from './labelled.tsx'
import { Picked } from './picked.tsx'
import { RecordSearch } from './record-search.tsx'

/** A search for the records to which a field can refer. */
function Picker({
  field,
  pointer,
  onPick,
}: Pick<FieldProps, 'field' | 'pointer'> & { onPick: (hit: Hit) => void }) {
  const labels = useLabels()
  const input = useInputAttributes(pointer, field.isRequired)
  return (
    <RecordSearch
      pointer={pointer}
      label={labels.property(field.name)}
      resources={field.resources}
      describedBy={input['aria-describedby']}
      isInvalid={input['aria-invalid']}
      onPick={onPick}
    />
  )
}

/** The input for a reference to a record, which is found by any of its names. */
export function ReferenceField({ field, value, pointer, onChange }: FieldProps) {
  const { names } = useNames()
  const change = useFocusAfterChange(onChange)
  const key = typeof value === 'string' && value !== '' ? value : undefined
  return (
    <LabelledInput field={field} pointer={pointer}>
      {key === undefined ? (
        <Picker field={field} pointer={pointer} onPick={(hit) => change(hit.key, fieldId(pointer))} />
      ) : (
        <Picked
          name={findName(names, key)?.name ?? key}
          id={fieldId(pointer)}
          onRemove={() => change(null, fieldId(pointer))}
        />
      )}
    </LabelledInput>
  )
}

/** The input for a reference to a record of one of several resources. */
export function AnyRecordField({ field, value, pointer, onChange }: FieldProps) {
  const { names } = useNames()
  const { t, resourceLabel } = useLanguage()
  const change = useFocusAfterChange(onChange)
  const { resource = '', id = '' } = isPlainObject(value) ? value : {}
  const name = nameIn(names, String(resource), String(id)) ?? String(id)
  return (
    <LabelledInput field={field} pointer={pointer}>
      {id === '' ? (
        <Picker
          field={field}
          pointer={pointer}
          onPick={(hit) => change({ resource: hit.resource, id: hit.key }, fieldId(pointer))}
        />
      ) : (
        <Picked
          name={t('value.named', { name: resourceLabel(String(resource)), value: name })}
          id={fieldId(pointer)}
          onRemove={() => change(null, fieldId(pointer))}
        />
      )}
    </LabelledInput>
  )
}

/** The input for references to several records, in the order in which they were picked. */
export function ReferenceList({ field, value, pointer, onChange }: FieldProps) {
  const { names } = useNames()
  const change = useFocusAfterChange(onChange)
  const outdateFaults = useOutdateFaults()
  const removeItemFaults = useRemoveItemFaults()
  const keys = Array.isArray(value) ? value.map(String) : []
  const item = field.item ?? field
  const remove = (position: number) => {
    removeItemFaults(pointer, position)
    change(
      keys.filter((_key, index) => index !== position),
      fieldId(pointer),
    )
  }
  return (
    <LabelledInput field={field} pointer={pointer}>
      {keys.length > 0 && (
        <ul class="chips">
          {keys.map((key, index) => (
            <li key={key}>
              <Picked
                name={findName(names, key)?.name ?? key}
                id={fieldId(`${pointer}/${index}`)}
                onRemove={() => remove(index)}
              />
              <FaultTexts pointer={`${pointer}/${index}`} />
            </li>
          ))}
        </ul>
      )}
      <Picker
        field={{ ...item, isRequired: false }}
        pointer={pointer}
        onPick={(hit) => {
          outdateFaults(pointer)
          onChange([...new Set([...keys, hit.key])])
        }}
      />
    </LabelledInput>
  )
}
