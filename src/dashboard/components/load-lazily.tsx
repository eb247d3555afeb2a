import type { ComponentType, JSX } from 'preact'
import { lazy } from 'preact/compat'
import { ApiError } from '../api/client.ts'
import { useLanguage } from '../i18n/language.ts'
import { PageTitle } from './page-title.tsx'
import { Failure } from './widget.tsx'

/** Shown instead of a component whose script failed to load. Browsers may cache the failure, so a retry reloads the page. */
const LoadFailure = () => <Failure error={new ApiError(0, '')} retry={() => location.reload()} />

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

/** Creates a component whose script is loaded when it is first rendered. If this fails, the component shows an error. */
export const loadLazily = <Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  failure: () => JSX.Element = LoadFailure,
): ComponentType<Props> =>
  lazy(() => load().catch((): { default: ComponentType<Props> } => ({ default: failure })))

/** Like {@link loadLazily}, for a view: the error has a heading. */
export const loadView = <Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> => loadLazily(load, ViewFailure)
