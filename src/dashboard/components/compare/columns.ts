import { type ComparedColumn, maxColumns } from '../../../view-data.ts'
import { combineStates } from '../../api/combine.ts'
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
 * Reads a path of the API for each column. The result of a column is null if its path is not found (404), for example because
 * the country was not yet in the registry.
 */
export function useColumnData<Body>(paths: readonly string[]): ApiState<(Body | null)[]> {
  // Every render must call the same number of hooks.
  const states = Array.from({ length: maxColumns }, (_, index): ApiState<Body | null> => {
    const state = useApi<Body>(paths[index] ?? null)
    return state.error?.status === notFound ? { status: 'ready', body: null, retry: state.retry } : state
  })
  return combineStates(states.slice(0, paths.length))
}
