import type { ComponentType } from 'preact'
import { lazy } from 'preact/compat'
import { ApiError } from '../api/client.ts'
import { Failure } from './widget.tsx'

/** Shown instead of a component whose script failed to load. Browsers may cache the failure, so a retry reloads the page. */
const LoadFailure = () => <Failure error={new ApiError(0, '')} retry={() => location.reload()} />

/** Creates a component whose script is loaded when it is first rendered. If this fails, the component shows an error. */
export const loadLazily = <Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> =>
  lazy(() => load().catch((): { default: ComponentType<Props> } => ({ default: LoadFailure })))
