import { noParticipant, participantProperties } from '../../api/forms.ts'
import { findName } from '../../api/names.ts'
import type { Hit } from '../../components/hit-details.tsx'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId, useFaults, useOutdateFaults } from '../faults.ts'
import { isPlainObject } from '../form-values.ts'
import { useNames } from '../names.ts'
import { useFocusAfterChange } from '../use-focus-after-change.ts'
import { type CompositeProps, FaultTexts, FieldGroup } from './labelled.tsx'
import { Picked } from './picked.tsx'
import { RecordSearch } from './record-search.tsx'

/** The fields of an object. */
export function ObjectFields({ field, value, pointer, onChange, NestedField }: CompositeProps) {
  const values = isPlainObject(value) ? value : {}
  return (
    <div class="fields">
      {field.fields?.map((nested) => (
        <NestedField
          key={nested.name}
          field={nested}
          value={values[nested.name]}
          pointer={`${pointer}/${nested.name}`}
          onChange={(next) => onChange({ ...values, [nested.name]: next })}
        />
      ))}
    </div>
  )
}

/** The input for an object, such as a location. */
export function ObjectField(props: CompositeProps) {
  return (
    <FieldGroup field={props.field} pointer={props.pointer}>
      <ObjectFields {...props} />
    </FieldGroup>
  )
}

/**
 * The inputs for a participant: a search for a country, organization or region by any of its names, and the fields of the other
 * properties, such as the role.
 */
export function ParticipantField(props: CompositeProps) {
  const { value, pointer, onChange } = props
  const { t } = useLanguage()
  const { names } = useNames()
  const values = isPlainObject(value) ? value : {}
  const property = Object.values(participantProperties).find((name) => typeof values[name] === 'string')
  const key = property === undefined ? undefined : String(values[property])
  const keyPointer = `${pointer}/${property ?? 'country'}`
  const isInvalid = useFaults(keyPointer).length > 0
  const outdateFaults = useOutdateFaults()
  const change = useFocusAfterChange((next) => {
    outdateFaults(keyPointer)
    onChange(next)
  })
  const pick = (hit: Hit) => {
    const picked = participantProperties[hit.resource] ?? 'country'
    change({ ...values, ...noParticipant, [picked]: hit.key }, fieldId(`${pointer}/${picked}`))
  }
  const remove = () => change({ ...values, ...noParticipant }, fieldId(`${pointer}/country`))
  return (
    <>
      <div class="field">
        {key === undefined ? (
          <>
            <label for={fieldId(keyPointer)}>
              {t('edit.who')} <span class="soft small">{t('edit.required')}</span>
            </label>
            <RecordSearch
              pointer={keyPointer}
              label={t('edit.who')}
              resources={Object.keys(participantProperties)}
              describedBy={isInvalid ? `${fieldId(keyPointer)}-faults` : undefined}
              isInvalid={isInvalid}
              onPick={pick}
            />
          </>
        ) : (
          <>
            <span class="label">{t('edit.who')}</span>
            <Picked name={findName(names, key)?.name ?? key} id={fieldId(keyPointer)} onRemove={remove} />
          </>
        )}
        <FaultTexts pointer={keyPointer} />
      </div>
      <ObjectFields {...props} />
    </>
  )
}
