import { useRef, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../../api/client.ts'
import type { FormField } from '../../api/forms.ts'
import type { IssuedKey } from '../../api/types.ts'
import { newIdempotencyKey, writeApi } from '../../api/write-api.ts'
import { endOfUtcDay } from '../../dates/day.ts'
import { FaultSummary } from '../../editing/fault-summary.tsx'
import { FaultsContext, groupByPointer } from '../../editing/faults.ts'
import { FieldList } from '../../editing/fields/field-list.tsx'
import { FaultTexts, useInputAttributes } from '../../editing/fields/labelled.tsx'
import { type FormValues, toDocument } from '../../editing/form-values.ts'
import { isOutcomeUnknown } from '../../editing/use-idempotent-send.ts'
import { useLeaveGuard } from '../../editing/use-leave-guard.ts'
import { useLanguage } from '../../i18n/language.ts'
import { refetchViews } from '../../session.ts'

const fields: readonly FormField[] = [
  { name: 'name', kind: 'text', isRequired: true, isNullable: false },
  {
    name: 'role',
    kind: 'enumeration',
    isRequired: true,
    isNullable: false,
    values: ['reader', 'editor', 'admin'],
  },
]

/**
 * A form that creates an API key. If the user submits the form again after a lost response, it sends the same idempotency key.
 * If the service has already created the API key, it refuses to create a second one, and the list of keys shows the first one,
 * which can then be revoked.
 */
export function NewKeyForm({ onIssued }: { onIssued: (key: IssuedKey) => void }) {
  const { t } = useLanguage()
  const [values, setValues] = useState<FormValues>({ role: 'reader' })
  const [day, setDay] = useState('')
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<ApiError>()
  const idempotencyKey = useRef(newIdempotencyKey())
  // Only the response has the API key: if the user left before it arrived, the API key would be lost.
  useLeaveGuard(isSending, 'keys.leave')
  const submit = async (event: Event) => {
    event.preventDefault()
    setSending(true)
    setError(undefined)
    const body = { ...toDocument(values, fields), ...(day !== '' && { expiresAt: endOfUtcDay(day) }) }
    try {
      // Tests validate the responses of the service against the OpenAPI document.
      onIssued(
        (await writeApi('/v1/keys', {
          method: 'POST',
          body,
          idempotencyKey: idempotencyKey.current,
        })) as IssuedKey,
      )
    } catch (failure) {
      if (isOutcomeUnknown(failure)) refetchViews()
      else idempotencyKey.current = newIdempotencyKey()
      setError(toApiError(failure))
      setSending(false)
    }
  }
  return (
    <FaultsContext.Provider value={groupByPointer(error?.faults ?? [])}>
      <form class="new-key" noValidate onSubmit={submit} inert={isSending}>
        <h3>{t('keys.new')}</h3>
        {error && <FaultSummary error={error} />}
        <div class="fields">
          <FieldList fields={fields} values={values} onChange={setValues} />
          <LastDayField day={day} onChange={setDay} />
        </div>
        <button type="submit" class="primary">
          {t('keys.create')}
        </button>
      </form>
    </FaultsContext.Provider>
  )
}

function LastDayField({ day, onChange }: { day: string; onChange: (day: string) => void }) {
  const { t } = useLanguage()
  const pointer = '/expiresAt'
  const attributes = useInputAttributes(pointer, false)
  return (
    <div class="field">
      <label for={attributes.id}>{t('keys.lastDay')}</label>
      <input
        {...attributes}
        type="date"
        value={day}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      <FaultTexts pointer={pointer} />
    </div>
  )
}
