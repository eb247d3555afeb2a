import { findName } from '../../api/names.ts'
import { Combobox, type Hit } from '../../components/combobox.tsx'
import { useLanguage } from '../../i18n/language.ts'
import { fieldId, useFaults } from '../faults.ts'
import { isValues } from '../form-values.ts'
import { useNames } from '../names.ts'
import { type CompositeProps, FaultTexts, Group } from './labelled.tsx'
import { HitDetails, Picked } from './picked.tsx'

/** The parts of an object, each with its own field. */
export function ObjectParts({ field, value, pointer, onChange, Part }: CompositeProps) {
  const values = isValues(value) ? value : {}
  return (
    <div class="fields">
      {field.fields?.map((part) => (
        <Part
          key={part.name}
          field={part}
          value={values[part.name]}
          pointer={`${pointer}/${part.name}`}
          onChange={(next) => onChange({ ...values, [part.name]: next })}
        />
      ))}
    </div>
  )
}

/** An object such as a location, of which any part may be unknown. */
export function ObjectField(props: CompositeProps) {
  return (
    <Group field={props.field} pointer={props.pointer}>
      <ObjectParts {...props} />
    </Group>
  )
}

/** The property of a participant for each resource. */
const participantKeys: Readonly<Record<string, string>> = {
  countries: 'country',
  organizations: 'organization',
  regions: 'region',
}

const nobody = { country: null, organization: null, region: null }

/** A participant: a country, organization or region that is picked by any of its names, and its role. */
export function ParticipantField(props: CompositeProps) {
  const { value, pointer, onChange } = props
  const { t } = useLanguage()
  const { names, add } = useNames()
  const values = isValues(value) ? value : {}
  const property = Object.values(participantKeys).find((name) => typeof values[name] === 'string')
  const key = property === undefined ? undefined : String(values[property])
  const who = `${pointer}/${property ?? 'country'}`
  const isInvalid = useFaults(who).length > 0
  const pick = (hit: Hit) => {
    add(hit)
    onChange({ ...values, ...nobody, [participantKeys[hit.resource] ?? 'country']: hit.key })
  }
  return (
    <>
      <div class="field">
        {key === undefined ? (
          <>
            <label for={fieldId(who)}>
              {t('edit.who')} <span class="soft small">{t('edit.required')}</span>
            </label>
            <Combobox
              label={t('edit.who')}
              id={fieldId(who)}
              placeholder={t('edit.anyName')}
              resources={Object.keys(participantKeys)}
              isInvalid={isInvalid}
              onPick={pick}
            >
              {(hit) => <HitDetails hit={hit} />}
            </Combobox>
          </>
        ) : (
          <>
            <span class="label">{t('edit.who')}</span>
            <Picked
              name={findName(names, key)?.name ?? key}
              id={fieldId(who)}
              onRemove={() => onChange({ ...values, ...nobody })}
            />
          </>
        )}
        <FaultTexts pointer={who} />
      </div>
      <ObjectParts {...props} />
    </>
  )
}
