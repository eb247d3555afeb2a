import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { apiRecordPath } from '../../view-data.ts'
import { ApiError, readApi, toApiError } from '../api/client.ts'
import { type FormField, loadForm } from '../api/forms.ts'
import { findName } from '../api/names.ts'
import { withQuery } from '../api/path.ts'
import { findResource, type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { HistoryPage, Names, RecordDocument } from '../api/types.ts'
import { writeApi } from '../api/write-api.ts'
import { useMissingNames } from '../components/history/use-missing-names.ts'
import { NotFound } from '../components/not-found.tsx'
import { PageHead } from '../components/page-head.tsx'
import { RedirectIfMerged } from '../components/redirect-if-merged.tsx'
import { RequireRight } from '../components/require-right.tsx'
import { Loaded } from '../components/widget.tsx'
import { ConfirmationCheckbox } from '../editing/confirmation-checkbox.tsx'
import { explainRefusal } from '../editing/explain-refusal.ts'
import { FaultSummary, usePointerLabel } from '../editing/fault-summary.tsx'
import { FaultsContext, fieldId, groupByPointer } from '../editing/faults.ts'
import { Field } from '../editing/fields/field.tsx'
import { FaultTexts } from '../editing/fields/labelled.tsx'
import { type FormValues, toDocument } from '../editing/form-values.ts'
import { countText, findRedactableProperties } from '../editing/redaction.ts'
import { useLeaveGuard } from '../editing/use-leave-guard.ts'
import { useLoadOnce } from '../editing/use-load-once.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { useNavigateWhileMounted } from '../use-navigate-while-mounted.ts'
import '../styles/forms.css'

/** The view that removes a text or the values of properties from a record and its whole history. */
export default function RedactView({ resource: name, recordKey }: { resource: string; recordKey: string }) {
  const resource = findResource(name)
  if (!resource) return <NotFound />
  return (
    <RequireRight right="administer">
      <Redactor resource={resource} recordKey={recordKey} />
    </RequireRight>
  )
}

/** Reads a record and its version number. For a removed record, reads its last version. */
async function readLast(path: string, tag: string, signal?: AbortSignal) {
  try {
    const record = await readApi<RecordDocument>(path, tag, signal, true)
    return { record, version: Number(record.version) }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error
    const { data } = await readApi<HistoryPage>(withQuery(`${path}/history`, { limit: 1 }), tag, signal, true)
    const version = data[0]?.version ?? 1
    const last = await readApi<{ document: RecordDocument }>(`${path}/history/${version}`, tag, signal, true)
    return { record: last.document, version }
  }
}

function Redactor({ resource, recordKey }: { resource: ResourceDescription; recordKey: string }) {
  const { t, tag } = useLanguage()
  /** The version that somebody else has saved since the form was opened. */
  const [saved, setSaved] = useState<{ record: RecordDocument; version: number }>()
  const path = apiRecordPath(resource.name, recordKey)
  const state = useLoadOnce(async (signal) => {
    const [fields, last] = await Promise.all([loadForm(resource.name), readLast(path, tag, signal)])
    return { fields: fields.filter(({ name }) => name !== resource.key), ...last }
  })
  return (
    <>
      <PageHead
        title={
          state.error
            ? t('redact.open')
            : state.body && t('redact.title', { name: titleOf(resource, (saved ?? state.body).record, tag) })
        }
        actions={
          <Link class="button" href={recordDetailPath(resource.name, recordKey)}>
            {t('edit.cancel')}
          </Link>
        }
      >
        <p>{t('redact.lead')}</p>
      </PageHead>
      <Loaded state={state} height="30rem">
        {(loaded) => (
          <RedirectIfMerged resource={resource} record={loaded.record} recordKey={recordKey} view="/redact">
            <RedactForm
              resource={resource}
              recordKey={recordKey}
              {...loaded}
              {...saved}
              onTakeOver={setSaved}
            />
          </RedirectIfMerged>
        )}
      </Loaded>
    </>
  )
}

const createTextField = (name: string): FormField => ({
  name,
  kind: 'text',
  isRequired: true,
  isNullable: false,
})
const textField = createTextField('text')
const replacementField = createTextField('replacement')
const reasonField = createTextField('reason')

const noNames: Names = {}

/** Maximum number of characters of a property's values that are shown, all values together. */
const maxShownLength = 200

function RedactForm({
  resource,
  recordKey,
  fields,
  record,
  version,
  onTakeOver,
}: {
  resource: ResourceDescription
  recordKey: string
  fields: readonly FormField[]
  record: RecordDocument
  version: number
  /** Receives the version that somebody else has saved. */
  onTakeOver: (saved: { record: RecordDocument; version: number }) => void
}) {
  const { t, tag } = useLanguage()
  const navigate = useNavigateWhileMounted()
  const path = apiRecordPath(resource.name, recordKey)
  const names = useMissingNames(resource.name, noNames, [record])
  const [mode, setMode] = useState<'text' | 'properties'>('text')
  const [values, setValues] = useState<FormValues>({ replacement: '[redacted]' })
  const [properties, setProperties] = useState<readonly string[]>([])
  const [isSure, setSure] = useState(false)
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<ApiError>()
  useLeaveGuard(properties.length > 0 || [values.text, values.reason].some((text) => text))
  const submit = async (event: Event) => {
    event.preventDefault()
    setSending(true)
    setError(undefined)
    const { text: _, ...others } = toDocument(values, [textField, replacementField, reasonField])
    // The service refuses an empty replacement. Without `replacement`, it would write its default, which
    // the user has deleted from the field.
    const body = { replacement: '', ...others, ...(mode === 'text' ? { text: removedText } : { properties }) }
    try {
      await writeApi(`${path}/redact`, { method: 'POST', body, version })
      navigate(recordDetailPath(resource.name, recordKey))
    } catch (failure) {
      setError(await explainRefusal(toApiError(failure), takeOver))
      setSending(false)
    }
  }
  /** Shows the version that somebody else has saved. Returns the type of the error that says so; undefined if there is none. */
  const takeOver = async (): Promise<string | undefined> => {
    const last = await readLast(path, tag)
    // The key of a merged record leads to the record that stays.
    if (String(last.record[resource.key]) !== recordKey) return 'merged-meanwhile'
    if (last.version === version) return undefined
    onTakeOver(last)
    // The user has not seen the new version.
    setSure(false)
    return 'changed-meanwhile'
  }
  const removedText = String(values.text ?? '').trim()
  const field = (one: FormField) => (
    <Field
      field={one}
      value={values[one.name]}
      pointer={`/${one.name}`}
      onChange={(value) => setValues((current) => ({ ...current, [one.name]: value }))}
    />
  )
  const choice = (option: typeof mode) => (
    <label class="check">
      <input type="radio" name="mode" checked={mode === option} onChange={() => setMode(option)} />
      {t(`redact.mode.${option}`)}
    </label>
  )
  return (
    <FaultsContext.Provider value={groupByPointer(error?.faults ?? [])}>
      <form class="widget stack" noValidate onSubmit={submit} inert={isSending}>
        {error && <FaultSummary error={error} />}
        {error?.type === 'merged-meanwhile' && (
          <a href={recordDetailPath(resource.name, recordKey)} target="_blank" rel="noreferrer">
            {t('edit.openRemaining')}
          </a>
        )}
        <fieldset class="facet">
          <legend>{t('redact.what')}</legend>
          {choice('text')}
          {choice('properties')}
        </fieldset>
        {mode === 'text' ? (
          <div>
            {field(textField)}
            <p class="soft small" role="status">
              {removedText !== '' && t('redact.found', { count: countText(fields, record, removedText) })}
            </p>
          </div>
        ) : (
          <Properties
            fields={fields}
            record={record}
            names={names}
            chosen={properties}
            onChange={setProperties}
          />
        )}
        {field(replacementField)}
        {field(reasonField)}
        <ConfirmationCheckbox checked={isSure} onChange={setSure} />
        <button type="submit" class="primary danger" disabled={!isSure}>
          {t('redact.submit')}
        </button>
      </form>
    </FaultsContext.Provider>
  )
}

/** Checkboxes for the properties of a record that can be redacted. */
function Properties({
  fields,
  record,
  names,
  chosen,
  onChange,
}: {
  fields: readonly FormField[]
  record: RecordDocument
  /** The names of the records to which the record refers. */
  names: Names
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}) {
  const { t } = useLanguage()
  const labels = useLabels()
  const nameOf = usePointerLabel()
  const textOf = (kind: FormField['kind'], value: string) => {
    if (kind === 'enumeration') return labels.word(value)
    return kind === 'reference' ? (findName(names, value)?.name ?? value) : value
  }
  const describe = (kind: FormField['kind'], values: string[]) =>
    values
      .map((value) => textOf(kind, value))
      .join(' · ')
      .slice(0, maxShownLength)
  return (
    <fieldset class="facet" id={fieldId('/properties')} tabIndex={-1}>
      <legend>{t('redact.properties')}</legend>
      <FaultTexts pointer="/properties" />
      {findRedactableProperties(fields, record).map(({ pointer, kind, values }) => (
        <label key={pointer} class="check">
          <input
            type="checkbox"
            checked={chosen.includes(pointer)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, pointer]
                  : chosen.filter((other) => other !== pointer),
              )
            }
          />
          <span>
            {nameOf(pointer)}{' '}
            <span class="soft small">{values.length > 0 ? describe(kind, values) : t('redact.noValue')}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}
