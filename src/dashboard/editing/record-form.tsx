import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { apiRecordPath } from '../../view-data.ts'
import type { FormField } from '../api/forms.ts'
import { mergeNames } from '../api/names.ts'
import { type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import type { Names } from '../api/types.ts'
import type { Hit } from '../components/hit-details.tsx'
import { RestoreButton } from '../components/record-actions.tsx'
import { useLanguage } from '../i18n/language.ts'
import { useSession } from '../session.ts'
import { useNavigateWhileMounted } from '../use-navigate-while-mounted.ts'
import { ConflictView } from './conflict.tsx'
import { applyChoices, findDifferences } from './conflicts.ts'
import { FaultSummary } from './fault-summary.tsx'
import { ChangeFaultsContext, FaultsContext, groupByPointer } from './faults.ts'
import { FieldList } from './fields/field-list.tsx'
import { type FormValues, hasChanges } from './form-values.ts'
import { NamesContext } from './names.ts'
import { ReasonField } from './reason-field.tsx'
import { SearchedTextsContext, useSearchedTexts } from './searched-texts.ts'
import { isOutcomeUnknown } from './use-idempotent-send.ts'
import { useLeaveGuard } from './use-leave-guard.ts'
import { useSave } from './use-save.ts'

/**
 * The version on which a form is based: the version that was read, or a later one that another user or an earlier attempt to
 * save the form has written.
 */
export interface BaseVersion {
  values: FormValues
  version: number
  key: string
}

/** A form that changes or creates a record. */
export function RecordForm({
  resource,
  fields,
  initial,
  preset = {},
  recordNames,
}: {
  resource: ResourceDescription
  fields: readonly FormField[]
  /** The version of the record that was read; undefined for a new record. */
  initial: BaseVersion | undefined
  /** The values with which the form of a new record opens. */
  preset?: FormValues
  /** The names of the records to which `initial` or `preset` refers. */
  recordNames: Names
}) {
  const { t } = useLanguage()
  const navigate = useNavigateWhileMounted()
  const [base, setBase] = useState(initial)
  const [values, setValues] = useState<FormValues>(initial?.values ?? preset)
  const [reason, setReason] = useState('')
  const [names, setNames] = useState(recordNames)
  const [attempts, setAttempts] = useState(0)
  const searched = useSearchedTexts()
  const { state, save, changeFaults, clear } = useSave({
    resource,
    fields,
    base,
    onRebase: setBase,
  })
  const isChanged = hasChanges(base?.values ?? preset, values, fields)
  const hasInput = isChanged || searched.faults.length > 0 || reason.trim() !== ''
  useLeaveGuard(hasInput && state.status !== 'saved')
  // What is typed during the save would not be saved.
  const isSaving = state.status === 'saving' || state.status === 'saved'

  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    // When a conflict is resolved, its view disappears, with the button that had the focus. The effect also runs when `base`
    // becomes the version that an earlier attempt saved.
    if (base !== initial) form.current?.focus()
  }, [base])

  const submit = async (event: Event) => {
    event.preventDefault()
    setAttempts((count) => count + 1)
    const key = await save(values, reason, searched.faults)
    if (key !== undefined) navigate(recordDetailPath(resource.name, key))
  }
  const { session } = useSession()
  const { conflict } = state
  // The user has signed in again since the service refused the key.
  const error = session && state.error?.status === 401 ? undefined : state.error
  const differences = conflict && base ? findDifferences(fields, base.values, conflict.theirs, values) : []
  const allNames = useMemo(() => mergeNames(names, conflict?.names), [names, conflict])
  // A new object in each render would make all fields render at each keystroke.
  const namesOfForm = useMemo(
    () => ({
      names: allNames,
      add: (hit: Hit) => setNames((all) => mergeNames(all, { [hit.resource]: { [hit.key]: hit.title } })),
    }),
    [allNames],
  )
  const faults = useMemo(() => groupByPointer(error?.faults ?? []), [error])
  return (
    <NamesContext.Provider value={namesOfForm}>
      {conflict && base && (
        <ConflictView
          resource={resource}
          conflict={conflict}
          differences={differences}
          names={allNames}
          onResolve={(choices) => {
            setNames(allNames)
            setValues(applyChoices(conflict.theirs, values, differences, choices))
            setBase({ ...base, values: conflict.theirs, version: conflict.version })
            clear()
          }}
        />
      )}
      <FaultsContext.Provider value={faults}>
        <form
          class="stack"
          noValidate
          tabIndex={-1}
          ref={form}
          onSubmit={submit}
          hidden={conflict !== undefined}
        >
          {/* A new summary takes the focus, even if its faults are those of the attempt before. */}
          {error && <FaultSummary key={attempts} error={error} />}
          {error && isOutcomeUnknown(error) && <p>{t('edit.saveAgain')}</p>}
          {base && error?.type === 'removed-meanwhile' && (
            <RestoreButton
              path={apiRecordPath(resource.name, base.key)}
              current={undefined}
              onRestored={clear}
            />
          )}
          {base && error?.type === 'merged-meanwhile' && (
            <a href={recordDetailPath(resource.name, base.key)} target="_blank" rel="noreferrer">
              {t('edit.openRemaining')}
            </a>
          )}
          <div class="fields widget" inert={isSaving}>
            <SearchedTextsContext.Provider value={searched.report}>
              <ChangeFaultsContext.Provider value={changeFaults}>
                <FieldList fields={fields} values={values} onChange={setValues} />
              </ChangeFaultsContext.Provider>
            </SearchedTextsContext.Provider>
          </div>
          <div class="widget" inert={isSaving}>
            <ReasonField value={reason} onChange={setReason} />
          </div>
          <div class="widget toolbar save-bar">
            <button type="submit" class="primary" disabled={isSaving}>
              {t(base ? 'edit.save' : 'edit.create')}
            </button>
            <span class="soft small" role="status">
              {state.status === 'unchanged' && !isChanged && t('edit.unchanged')}
              {state.status === 'saving' && t('edit.saving')}
            </span>
          </div>
        </form>
      </FaultsContext.Provider>
    </NamesContext.Provider>
  )
}
