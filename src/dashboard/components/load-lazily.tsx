import type { ComponentType } from 'preact'
import { lazy } from 'preact/compat'
import { ApiError } from '../api/client.ts'
import { Failure } from './widget.tsx'

/** Stands for a part whose script did not arrive. Browsers may remember that, so only a new page tries again. */
const MissingPart = () => <Failure error={new ApiError(0, '')} retry={() => location.reload()} />

/** Makes a component whose script is loaded when it is first shown. If it cannot be loaded, the page says so in its place. */
export const loadLazily = <Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> =>
  lazy(() => load().catch((): { default: ComponentType<Props> } => ({ default: MissingPart })))
