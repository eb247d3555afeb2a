import { type ComparedColumn, maxColumns } from '../../../view-data.ts'
import { useApi } from '../../api/use-api.ts'
import type { ApiState } from '../../api/use-read.ts'

/** A column of a comparison with its heading. */
export interface Column extends ComparedColumn {
  /** Preact's key of the column. It stays the same when the label loads, so that a focused link in the column keeps the focus. */
  key: string
  label: string
}

const notFound = 404

/**
 * Reads a path of the API for each column. The result of a column is undefined if its path is not found (404), for
 * example because the country was not yet in the registry.
 */
export function useColumns<Body>(paths: readonly string[]): ApiState<(Body | undefined)[]> {
  // Every render must call the same number of hooks.
  const states = Array.from({ length: maxColumns }, (_, index) => useApi<Body>(paths[index] ?? null))
  const shown = states.slice(0, paths.length)
  const failed = shown.find(({ error }) => error !== undefined && error.status !== notFound)
  const retry = () => {
    for (const state of shown) if (state.error) state.retry()
  }
  if (failed?.error) return { status: 'failed', error: failed.error, retry }
  if (shown.some(({ body, error }) => body === undefined && error === undefined))
    return { status: 'loading', retry }
  return { status: 'ready', body: shown.map(({ body, error }) => (error ? undefined : body)), retry }
}
