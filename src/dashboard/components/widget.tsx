import type { ComponentChildren } from 'preact'
import { type ApiError, isRetryable } from '../api/client.ts'
import type { ApiState } from '../api/use-read.ts'
import { useLabels } from '../i18n/labels.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusView } from '../scroll-and-focus.ts'
import { useParameters } from '../use-parameters.ts'
import { FailureReason, FaultText } from './service-text.tsx'

/** A section of a view with a heading, and optionally a caption that says what the numbers count. */
export function Widget({
  title,
  caption,
  wide = false,
  children,
}: {
  title: string
  caption?: string
  wide?: boolean
  children: ComponentChildren
}) {
  return (
    <section class={wide ? 'widget wide' : 'widget'}>
      <header>
        <h2>{title}</h2>
        {caption && <p>{caption}</p>}
      </header>
      <div class="widget-body">{children}</div>
    </section>
  )
}

/**
 * Shows the error of a read, with a retry button if a retry may succeed.
 * @param props `hasEarlierResult`: whether the result of an earlier read follows.
 */
export function Failure({
  error,
  retry,
  hasEarlierResult = false,
}: {
  error: ApiError
  retry: () => void
  hasEarlierResult?: boolean
}) {
  const { t } = useLanguage()
  return (
    <div class={hasEarlierResult ? 'failure above' : 'failure'} role="alert">
      <div>
        {t(hasEarlierResult ? 'state.outdated' : 'state.failed')}
        <FailureReason error={error} />
        <ParameterFaults error={error} />
      </div>
      <RemoveParametersButton error={error} />
      {isRetryable(error) && (
        <button type="button" onClick={retry}>
          {t('state.retry')}
        </button>
      )}
    </div>
  )
}

/** The faults of the query parameters, such as filters. */
function ParameterFaults({ error: { faults } }: { error: ApiError }) {
  const { t } = useLanguage()
  const labels = useLabels()
  const wrong = faults.filter(({ parameter }) => parameter !== undefined)
  if (wrong.length === 0) return null
  return (
    <ul class="small">
      {wrong.map((fault) => (
        <li key={`${fault.parameter}${fault.message}`}>
          {fault.code !== 'unknown' &&
            t('value.named', { name: labels.property(fault.parameter ?? ''), value: '' })}
          <FaultText fault={fault} />
        </li>
      ))}
    </ul>
  )
}

/** A button that removes the wrong parameters from the URL of the view, if they are in it. */
function RemoveParametersButton({ error: { faults } }: { error: ApiError }) {
  const { t } = useLanguage()
  const [parameters, change] = useParameters()
  const wrong = faults.flatMap(({ parameter = '' }) => (parameters.has(parameter) ? [parameter] : []))
  if (wrong.length === 0) return null
  return (
    <button
      type="button"
      onClick={() => {
        focusView()
        change(Object.fromEntries(wrong.map((name) => [name, undefined])))
      }}
    >
      {t('state.removeParameters')}
    </button>
  )
}

/**
 * A progress bar above the content. While it is shown, the elements after it are dimmed, because they still show the result of
 * an earlier read.
 */
export function UpdatingBar({ isSilent = false }: { isSilent?: boolean }) {
  const { t } = useLanguage()
  return (
    <div class="updating loading" role={isSilent ? undefined : 'status'}>
      <span class="visually-hidden">{t('state.loading')}</span>
    </div>
  )
}

/**
 * Shows the state of a read: the content if there is a body, the error of a failed read, otherwise a placeholder. The body of an
 * earlier read is dimmed while the current read loads, with a bar over the body. If the current read has failed, the error is
 * above the body.
 */
export function Loaded<Body>({
  state,
  height = '8rem',
  isSilent = false,
  children,
}: {
  state: ApiState<Body>
  /** CSS height of the placeholder: about the height of the content, so that nothing moves when the content has loaded. */
  height?: string
  /** Whether loading is not announced to screen readers, because another part of the view announces it. */
  isSilent?: boolean
  children: (body: Body) => ComponentChildren
}) {
  const { t } = useLanguage()
  if (state.body === undefined) {
    if (state.error) return <Failure error={state.error} retry={state.retry} />
    return (
      <div class="placeholder loading" style={{ height }} role={isSilent ? undefined : 'status'}>
        <span class="visually-hidden">{t('state.loading')}</span>
      </div>
    )
  }
  return (
    <>
      {state.error && <Failure error={state.error} retry={state.retry} hasEarlierResult />}
      {state.status === 'loading' && <UpdatingBar isSilent={isSilent} />}
      {children(state.body)}
    </>
  )
}
