import { withQuery } from '../api/path.ts'
import type { ImportedRecord, ImportJob, Page } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'

/**
 * Returns whether an import has written records; undefined until this is known. Returns true for every committed or undone
 * import, even one without records. Returns false while a step runs, even if the step has written records. The property `source`
 * of a failed import does not show this: a commit creates records for names before it creates the record of `sources`.
 */
export function useHasWritten({ id, state }: ImportJob): boolean | undefined {
  const path = withQuery(`/v1/imports/${id}/records`, { limit: 1 })
  const { body } = useApi<Page<ImportedRecord>>(state === 'failed' ? path : null, { requireFresh: true })
  return state === 'failed' ? body && body.data.length > 0 : ['committed', 'undone'].includes(state)
}
