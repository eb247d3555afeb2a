import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { type ApiError, toApiError } from '../api/client.ts'
import { ReasonField } from '../editing/reason-field.tsx'
import { useLanguage } from '../i18n/language.ts'
import { refetchViews } from '../session.ts'
import { FailureReason, FaultText } from './service-text.tsx'
import '../styles/forms.css'

/** A button with a confirmation dialog, which shows the error if the service refuses the action. */
export function ConfirmButton({
  label,
  title,
  isDanger = false,
  isPrimary = false,
  withReason = true,
  children,
  onConfirm,
}: {
  label: string
  title: string
  isDanger?: boolean
  /** Whether the button is the primary action of the page. */
  isPrimary?: boolean
  /** Whether the dialog asks for a reason, which the history shows. */
  withReason?: boolean
  /** Text that describes the consequences. */
  children: ComponentChildren
  /** Runs the action. @throws ApiError when the service refuses. */
  onConfirm: (reason: string) => Promise<unknown>
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" class={isPrimary ? 'primary no-print' : 'no-print'} onClick={() => setOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <ConfirmDialog
          label={label}
          title={title}
          isDanger={isDanger}
          withReason={withReason}
          onConfirm={onConfirm}
          onClose={() => setOpen(false)}
        >
          {children}
        </ConfirmDialog>
      )}
    </>
  )
}

function ConfirmDialog({
  label,
  title,
  isDanger,
  withReason,
  children,
  onConfirm,
  onClose,
}: {
  label: string
  title: string
  isDanger: boolean
  withReason: boolean
  children: ComponentChildren
  onConfirm: (reason: string) => Promise<unknown>
  onClose: () => void
}) {
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
  const close = () => {
    onClose()
    if (isStale) refetchViews()
  }
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    try {
      await onConfirm(reason)
      onClose()
    } catch (failure) {
      setError(toApiError(failure))
      setBusy(false)
    }
  }
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={close}>
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
  return (
    <div class="failure faults" role="alert">
      <p>
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
