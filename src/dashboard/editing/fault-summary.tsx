import { useEffect, useRef } from 'preact/hooks'
import type { ApiError } from '../api/client.ts'
import { FailureReason, FaultText } from '../components/service-text.tsx'
import { SignInAgain } from '../components/sign-in-again.tsx'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusField } from './faults.ts'
import { isOutcomeUnknown } from './use-idempotent-send.ts'

/**
 * Returns a function that names the value at a JSON pointer: `/parties/0/role` is "Parties › 1 › Role". The label of the field
 * replaces the last name.
 */
export function usePointerLabel(): (pointer: string, label?: string) => string {
  const labels = useLabels()
  return (pointer, label) => {
    const names = pointer
      .split('/')
      .slice(1)
      .map((segment) => (/^\d+$/.test(segment) ? String(Number(segment) + 1) : labels.property(segment)))
    return (label === undefined ? names : [...names.slice(0, -1), label]).join(' › ')
  }
}

/**
 * The error of a form that was refused or whose outcome is unknown, and the faults of the error: a fault of a field is a button
 * that focuses the field. The summary takes the focus when it appears.
 */
export function FaultSummary({ error }: { error: ApiError }) {
  const { t } = useLanguage()
  const nameOf = usePointerLabel()
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => element.current?.focus(), [])
  return (
    <div class="failure faults" role="alert" tabIndex={-1} ref={element}>
      <p>
        {t(isOutcomeUnknown(error) ? 'edit.uncertain' : 'edit.refused')}
        <FailureReason error={error} /> <SignInAgain error={error} />
      </p>
      {/* Otherwise, screen readers would read the whole summary again after each change of a field. */}
      <ul aria-live="off">
        {error.faults.map((fault) => {
          const { pointer = '', message, label, isOutdated } = fault
          return (
            <li key={`${pointer}${message}`} class={isOutdated ? 'outdated' : undefined}>
              {pointer === '' ? (
                <FaultText fault={fault} />
              ) : (
                <button type="button" class="link" onClick={() => focusField(pointer)}>
                  {t('value.named', { name: nameOf(pointer, label), value: '' })}
                  <FaultText fault={fault} isLinked={false} />
                </button>
              )}
              {isOutdated && <span class="visually-hidden"> {t('edit.outdated')}</span>}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
