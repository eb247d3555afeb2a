import type { ComponentChildren } from 'preact'
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import { ReasonField } from '../editing/reason-field.tsx'
import { useLanguage } from '../i18n/language.ts'
import { refetchViews } from '../session.ts'
import { DialogContext } from './dialog-context.ts'
import { FailureReason, FaultText } from './service-text.tsx'
import '../styles/forms.css'

/** The text and the action of a confirmation. */
interface Confirmation {
  label: string
  title: string
  isDanger?: boolean
  /** Whether the dialog asks for a reason, which the history shows. */
  withReason?: boolean
  /** Text that describes the consequences. */
  children: ComponentChildren
  /** Runs the action. @throws ApiError when the service refuses. */
  onConfirm: (reason: string) => Promise<unknown>
}

/** A button with a confirmation dialog, which shows the error if the service refuses the action. */
export function ConfirmButton({
  isPrimary = false,
  ...confirmation
}: Confirmation & {
  /** Whether the button is the primary action of the page. */
  isPrimary?: boolean
}) {
  const showDialog = useContext(DialogContext)
  return (
    <button
      type="button"
      class={isPrimary ? 'primary no-print' : 'no-print'}
      onClick={() => showDialog(<ConfirmDialog {...confirmation} onClose={() => showDialog(undefined)} />)}
    >
      {confirmation.label}
    </button>
  )
}

/** Moves the focus to the start of the view, when an action has removed the button that had it. */
const focusView = () => document.getElementById('main')?.focus({ preventScroll: true })

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
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<ApiError>()
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  // The page shows an old version of the record, so the same request would be refused again.
  const isStale = error?.status === 412
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
    setBusy(true)
    try {
      await onConfirm(reason)
      close()
      focusView()
    } catch (failure) {
      setError(toApiError(failure))
      setBusy(false)
    }
  }
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClosed}>
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
          <button type="button" onClick={close}>
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
