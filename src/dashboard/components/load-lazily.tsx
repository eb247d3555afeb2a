import type { ComponentType, JSX } from 'preact'
import { lazy } from 'preact/compat'
import { ApiError } from '../api/client.ts'
import { useLanguage } from '../i18n/language.ts'
import { PageTitle } from './page-title.tsx'
import { Failure } from './widget.tsx'

/** The error of a script that failed to load. The status 0 shows the message for a request without a response. */
const noResponse = new ApiError(0, '')

/** Shown instead of a component whose script failed to load. Browsers may cache the failure, so a retry reloads the page. */
const LoadFailure = () => <Failure error={noResponse} retry={() => location.reload()} />

/** Shown instead of a view whose script failed to load. */
function ViewFailure() {
  const { t } = useLanguage()
  return (
    <div class="stack">
      <PageTitle title={t('state.noView')} />
      <LoadFailure />
    </div>
  )
}

/**
 * Creates a component whose script is loaded when it is first rendered.
 * @param Fallback the component that is shown if the script cannot be loaded.
 */
export const loadLazily = <Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  Fallback: () => JSX.Element = LoadFailure,
): ComponentType<Props> =>
  lazy(() => load().catch((): { default: ComponentType<Props> } => ({ default: Fallback })))

/** Like {@link loadLazily}, for a view: the error has a heading. */
export const loadView = <Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> => loadLazily(load, ViewFailure)
