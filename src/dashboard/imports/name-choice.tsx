import { useId, useState } from 'preact/hooks'
import { isCode } from '../api/is-code.ts'
import type { ImportName } from '../api/types.ts'
import { Combobox } from '../components/combobox.tsx'
import { Picked } from '../editing/fields/picked.tsx'
import { useFocusAfterChange } from '../editing/use-focus-after-change.ts'
import { useLanguage } from '../i18n/language.ts'

/** A decision about what a name means. */
export interface Decision {
  /** The key of the record that the name means; null if it means no record. */
  key: string | null
  /** The title of the record. Set only if the user has searched for the record. */
  title?: string
}

/** The choices for a name: one of its candidates, another record, no record, or a decision later. */
export function NameChoice({
  name: { resource, name, country, scheme, rows, status, candidates },
  decision,
  onDecide,
  onText,
}: {
  name: ImportName
  decision: Decision | undefined
  onDecide: (decision: Decision | undefined) => void
  /** Called with the text of the search for another record, and with an empty text when the user has made a choice. */
  onText: (text: string) => void
}) {
  const { t, number, resourceLabel } = useLanguage()
  const group = useId()
  const [isSearching, setSearching] = useState(false)
  const choose = useFocusAfterChange((next: Decision | undefined) => {
    setSearching(false)
    onText('')
    onDecide(next)
  })
  const choice = (isChosen: boolean, label: string, details: string, onChange: () => void) => (
    <label class="check">
      <input type="radio" name={group} checked={isChosen} onChange={onChange} />
      <span>
        {label} {details !== '' && <span class="soft small">{details}</span>}
      </span>
    </label>
  )
  return (
    <fieldset class="field-group name-choice" id={group} tabIndex={-1}>
      <legend>{name}</legend>
      <p class="soft small">
        {[
          resourceLabel(resource),
          country,
          scheme,
          t('imports.inRows', { count: number(rows) }),
          t(`imports.name.${status}`),
        ]
          .filter((part) => part)
          .join(' · ')}
      </p>
      {candidates.map(({ key, name: title, score }) => (
        <div key={key}>
          {choice(
            decision?.key === key && decision.title === undefined,
            title,
            [
              ...(isCode(key) ? [key] : []),
              t('imports.similarity', { percent: number(Math.round(score * 100)) }),
            ].join(' · '),
            () => choose({ key }),
          )}
        </div>
      ))}
      {choice(isSearching || decision?.title !== undefined, t('imports.another'), '', () => {
        onDecide(undefined)
        setSearching(true)
      })}
      {isSearching && (
        <Combobox
          label={t('imports.findRecord', { name })}
          placeholder={t('edit.anyName')}
          resources={[resource]}
          onText={onText}
          onPick={(hit) => choose({ key: hit.key, title: hit.title }, `${group}-picked`)}
        />
      )}
      {decision?.title !== undefined && (
        <Picked name={decision.title} id={`${group}-picked`} onRemove={() => choose(undefined, group)} />
      )}
      {choice(decision?.key === null, t('imports.leaveOut'), '', () => choose({ key: null }))}
      {choice(decision === undefined && !isSearching, t('imports.later'), '', () => choose(undefined))}
    </fieldset>
  )
}
