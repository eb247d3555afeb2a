import type { ComponentChildren } from 'preact'
import { useContext, useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { ApiError, toApiError } from '../api/client.ts'
import { newIdempotencyKey, type Write } from '../api/write-api.ts'
import { ReasonField } from '../editing/reason-field.tsx'
import { confirmLeave } from '../editing/use-leave-guard.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusView } from '../scroll-and-focus.ts'
import { refetchViews } from '../session.ts'
import { DialogContext } from './dialog-context.ts'
import { FailureReason, FaultText } from './service-text.tsx'
import '../styles/forms.css'

/** The text and the action of a confirmation. */
interface Confirmation {
  label: string
  /** The name of the button for screen readers, if buttons of a page have equal labels. */
  buttonName?: string
  title: string
  isDanger?: boolean
  /** Whether the dialog asks for a reason, which the history shows; by default true. */
  withReason?: boolean
  /** Text that describes the consequences. */
  children: ComponentChildren
  /**
   * Runs the action. After a lost response, a repetition in the same dialog and with the same reason gets the same headers, so
   * nothing is done twice.
   * @throws ApiError when the service refuses.
   */
  onConfirm: (headers: Pick<Write, 'reason' | 'idempotencyKey'>) => Promise<unknown>
}

/** A button with a confirmation dialog, which shows the error if the service refuses the action. */
export function ConfirmButton({
  isPrimary = false,
  discardsInput = false,
  ...confirmation
}: Confirmation & {
  /** Whether the button is the primary action of the page. */
  isPrimary?: boolean
  /** Whether the action discards input of the page that is not saved. The user is then asked first, as before leaving the page. */
  discardsInput?: boolean
}) {
  const showDialog = useContext(DialogContext)
  const open = () => {
    if (discardsInput && !confirmLeave()) return
    showDialog(<ConfirmDialog {...confirmation} onClose={() => showDialog(undefined)} />)
  }
  return (
    <button
      type="button"
      class={isPrimary ? 'primary no-print' : 'no-print'}
      aria-label={confirmation.buttonName}
      onClick={open}
    >
      {confirmation.label}
    </button>
  )
}

/** The statuses of refusals for a page that shows an old version of the record. */
const staleStatuses = [404, 410, 412, 428]

/** The error types of what somebody else has done with the record meanwhile, by the status with which the service then refuses. */
const doneMeanwhile: Readonly<Record<number, string>> = { 404: 'gone-meanwhile', 428: 'restored-meanwhile' }

/** Returns an error that says what somebody else has done with the record meanwhile; any other error itself. */
function explainRefusal(error: ApiError): ApiError {
  const type = doneMeanwhile[error.status]
  return type === undefined ? error : new ApiError(error.status, '', { type })
}

function ConfirmDialog({
  label,
  title,
  isDanger = false,
  withReason = true,
  children,
  onConfirm,
  onClose,
}: Confirmation & { onClose: () => void }) {
  const { t } = useLanguage()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const [reason, setReason] = useState('')
  const idempotencyKey = useMemo(newIdempotencyKey, [reason])
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  // Set at once when the action starts or fails, whereas `isBusy` changes with the next rendering.
  const isRunning = useRef(false)
  useEffect(() => {
    dialog.current?.showModal()
    // Chromium fires the event `cancel` only for the first Escape. A second one closes the dialog without it.
    const keepOpen = (event: KeyboardEvent) => {
      if (isRunning.current && event.key === 'Escape') event.preventDefault()
    }
    addEventListener('keydown', keepOpen)
    return () => removeEventListener('keydown', keepOpen)
  }, [])
  // The same request would be refused again.
  const isStale = error !== undefined && staleStatuses.includes(error.status)
  // Closing returns the focus to the button.
  const close = () => dialog.current?.close()
  const onClosed = () => {
    const focused = document.activeElement
    const isFocusReturned = focused !== document.body && !dialog.current?.contains(focused)
    if (isStale || !isFocusReturned) focusView()
    onClose()
    if (isStale) refetchViews()
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    isRunning.current = true
    setBusy(true)
    try {
      await onConfirm({ reason, idempotencyKey })
      // The user may have opened another view meanwhile, which has removed the dialog.
      if (!dialog.current) return
      close()
      focusView()
    } catch (failure) {
      setError(explainRefusal(toApiError(failure)))
      isRunning.current = false
      setBusy(false)
    }
  }
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => isRunning.current && event.preventDefault()}
      onClose={onClosed}
    >
      <form class="stack" onSubmit={submit}>
        <h2 id={id}>{title}</h2>
        <div>{children}</div>
        {withReason && <ReasonField value={reason} onChange={setReason} />}
        {error && <Refusal error={error} />}
        <div class="toolbar">
          {!isStale && (
            <button type="submit" class={isDanger ? 'primary danger' : 'primary'} disabled={isBusy}>
              {label}
            </button>
          )}
          <button type="button" disabled={isBusy} onClick={close}>
            {t(isStale ? 'edit.showCurrent' : 'edit.cancel')}
          </button>
        </div>
      </form>
    </dialog>
  )
}

/** The error of a refused action, with links to the records that prevent the action. */
function Refusal({ error }: { error: ApiError }) {
  const { t } = useLanguage()
  return (
    <div class="failure faults" role="alert">
      <p>
        {t('state.requestFailed')}
        <FailureReason error={error} />
      </p>
      <ul>
        {error.faults.map((fault) => (
          <li key={fault.message}>
            <FaultText fault={fault} />
          </li>
        ))}
      </ul>
    </div>
  )
}
