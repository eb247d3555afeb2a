import { useEffect, useRef, useState } from 'preact/hooks'
import { findProperty, type ResourceDescription } from '../api/resources.ts'
import type { HistoryEntry, Names } from '../api/types.ts'
import { Value } from '../components/value.tsx'
import { authorName } from '../i18n/author-name.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { type Choice, type Difference, needsDecision } from './conflicts.ts'
import { type FormValues, isEqual } from './form-values.ts'

/** A record that another user saved while it was being edited. */
export interface Conflict {
  /** The values and the number of the version that the other user saved. */
  theirs: FormValues
  version: number
  /** Actor, time and reason of the saved version. */
  entry: HistoryEntry | undefined
}

/**
 * Shows a conflict: for each property that differs, the original value, the value that another user saved, and the entered
 * value. If both users changed a property in different ways, the editor must choose a value before anything is saved.
 */
export function ConflictView({
  resource,
  conflict: { entry, version },
  differences,
  names,
  onResolve,
}: {
  resource: ResourceDescription
  conflict: Conflict
  differences: readonly Difference[]
  names: Names
  onResolve: (choices: Readonly<Record<string, Choice>>) => void
}) {
  const language = useLanguage()
  const { t, dateTime } = language
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const [choices, setChoices] = useState<Record<string, Choice>>({})
  const undecided = differences.filter(needsDecision).filter(({ field }) => !choices[field.name])
  return (
    <section class="widget conflict" aria-labelledby="conflict-title">
      <header>
        <h2 id="conflict-title" tabIndex={-1} ref={heading}>
          {t('conflict.title')}
        </h2>
        <p>
          {t('conflict.lead', {
            version,
            name: entry ? authorName(language, entry.actor) : t('value.unknown'),
            time: entry ? dateTime(entry.time) : '',
          })}
        </p>
        {entry?.reason && <p>{t('record.reason', { reason: entry.reason })}</p>}
      </header>
      <div class="stack">
        {differences.map((difference) => (
          <DifferenceView
            key={difference.field.name}
            resource={resource}
            difference={difference}
            names={names}
            choice={difference.winner ?? choices[difference.field.name]}
            onChoose={(choice) => setChoices({ ...choices, [difference.field.name]: choice })}
          />
        ))}
      </div>
      <div class="toolbar">
        <button
          type="button"
          class="primary"
          disabled={undecided.length > 0}
          onClick={() => onResolve(choices)}
        >
          {t('conflict.continue')}
        </button>
        <p class="soft small" role="status">
          {undecided.length > 0 && t('conflict.open', { count: undecided.length })}
        </p>
      </div>
    </section>
  )
}

function DifferenceView({
  resource,
  difference,
  names,
  choice,
  onChoose,
}: {
  resource: ResourceDescription
  difference: Difference
  names: Names
  choice: Choice | undefined
  onChoose: (choice: Choice) => void
}) {
  const { t } = useLanguage()
  const labels = useLabels()
  const { field, base, theirs, mine, winner } = difference
  const property = findProperty(resource.properties, field.name)
  const show = (value: unknown) => <Value value={value} property={property} names={names} showsAll />
  const renderSide = (side: Choice, value: unknown) => (
    <label class={choice === side ? 'side chosen' : 'side'}>
      <span>
        <input
          type="radio"
          name={`conflict-${field.name}`}
          checked={choice === side}
          disabled={winner !== undefined}
          onChange={() => onChoose(side)}
        />{' '}
        {t(`conflict.${side}`)}
      </span>
      <span>{show(value)}</span>
    </label>
  )
  return (
    <fieldset class="difference">
      <legend>
        {labels.property(field.name)}
        {winner && (
          <span class="soft small">
            {' '}
            {t(isEqual(theirs, mine) ? 'conflict.both' : `conflict.only.${winner}`)}
          </span>
        )}
      </legend>
      <div class="sides">
        <div class="side">
          <span>{t('conflict.base')}</span>
          <span>{show(base)}</span>
        </div>
        {renderSide('theirs', theirs)}
        {renderSide('mine', mine)}
      </div>
    </fieldset>
  )
}
