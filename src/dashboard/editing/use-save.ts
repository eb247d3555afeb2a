import { useCallback, useState } from 'preact/hooks'
import { apiRecordPath } from '../../view-data.ts'
import { ApiError, type Fault, readApi, toApiError } from '../api/client.ts'
import type { FormField } from '../api/forms.ts'
import { withQuery } from '../api/path.ts'
import type { ResourceDescription } from '../api/resources.ts'
import type { HistoryPage, Names, RecordDocument } from '../api/types.ts'
import { useLanguage } from '../i18n/language.ts'
import type { Conflict } from './conflict.tsx'
import { readSaved } from './explain-refusal.ts'
import { explainNumbers } from './faults.ts'
import { type FormValues, hasChanges, toDocument, toPatch } from './form-values.ts'
import type { BaseVersion } from './record-form.tsx'
import { useIdempotentSend } from './use-idempotent-send.ts'

interface SaveState {
  status: 'editing' | 'saving' | 'saved' | 'unchanged'
  /** The error, without the faults of list items that the editor has removed since, and with outdated faults marked. */
  error?: ApiError
  conflict?: NamedConflict
}

/** The version that another user saved meanwhile, with the names of the records that it refers to. */
type NamedConflict = Conflict & { names: Names }

/** Reads the version of a record that another user has saved, and its history entry. Returns undefined if it is still `version`. */
async function readConflict(
  path: string,
  language: string,
  version: number,
): Promise<NamedConflict | undefined> {
  const [{ names = {}, ...record }, history] = await Promise.all([
    readApi<RecordDocument & { names?: Names }>(
      withQuery(path, { include: 'names' }),
      language,
      undefined,
      true,
    ),
    readApi<HistoryPage>(withQuery(`${path}/history`, { limit: 1 }), language, undefined, true),
  ])
  const saved = Number(record.version)
  return saved === version ? undefined : { theirs: record, version: saved, entry: history.data[0], names }
}

/** The types of the errors for a record that another user has removed (404) or merged into another one (410) meanwhile. */
const goneMeanwhile: Readonly<Record<number, string>> = { 404: 'removed-meanwhile', 410: 'merged-meanwhile' }

const withFaults = (error: ApiError, faults: readonly Fault[]) =>
  new ApiError(error.status, error.message, { ...error, faults })

/**
 * Saves a form: creates a record, or changes the properties that differ from the version on which the form is based.
 * @returns the state of the save; `save`; `changeFaults`, which changes the faults of the shown error; and `clear`, which removes
 * the error and the conflict.
 */
export function useSave({
  resource,
  fields,
  base,
  onRebase,
}: {
  resource: ResourceDescription
  fields: readonly FormField[]
  base: BaseVersion | undefined
  /** Called with the version that an earlier attempt saved. From then on, the form must be based on this version. */
  onRebase: (base: BaseVersion) => void
}) {
  const { tag } = useLanguage()
  const [state, setState] = useState<SaveState>({ status: 'editing' })
  const { sendIdempotently, isUncertain } = useIdempotentSend()

  const send = (values: FormValues, reason: string, from: BaseVersion | undefined) =>
    from
      ? sendIdempotently(apiRecordPath(resource.name, from.key), {
          method: 'PATCH',
          body: toPatch(from.values, values, fields),
          version: from.version,
          reason,
        })
      : sendIdempotently(`/v1/${resource.name}`, { method: 'POST', body: toDocument(values, fields), reason })
  const refuse = (error: ApiError) => setState({ status: 'editing', error })
  const handleError = async (error: ApiError, values: FormValues, from: BaseVersion | undefined) => {
    const type = from && goneMeanwhile[error.status]
    if (type !== undefined) return refuse(new ApiError(error.status, '', { type }))
    const conflict =
      from &&
      (await readSaved(error, () => readConflict(apiRecordPath(resource.name, from.key), tag, from.version)))
    if (conflict) setState({ status: 'editing', conflict })
    else refuse(withFaults(error, explainNumbers(error.faults, toDocument(values, fields))))
  }

  /**
   * Returns the key of the record, or undefined if it was not saved; `state` then has the reason.
   * @param faults of input that is not in `values`. If there are any, nothing is sent.
   */
  const save = async (
    values: FormValues,
    reason: string,
    faults: readonly Fault[],
  ): Promise<string | undefined> => {
    if (faults.length > 0) {
      refuse(new ApiError(422, '', { type: 'only-searched', faults }))
      return undefined
    }
    if (base && !hasChanges(base.values, values, fields) && !isUncertain()) {
      setState({ status: 'unchanged' })
      return undefined
    }
    setState({ status: 'saving' })
    let from = base
    try {
      const sent = await send(values, reason, from)
      let { record } = sent
      if (sent.isEarlier) {
        from = { values: record, version: Number(record.version), key: String(record[resource.key]) }
        onRebase(from)
        if (hasChanges(record, values, fields)) record = (await send(values, reason, from)).record
      }
      setState({ status: 'saved' })
      return String(record[resource.key])
    } catch (failure) {
      await handleError(toApiError(failure), values, from)
      return undefined
    }
  }
  const changeFaults = useCallback(
    (change: (faults: readonly Fault[]) => readonly Fault[]) =>
      setState((current) => {
        const { error } = current
        const faults = change(error?.faults ?? [])
        return error && faults !== error.faults ? { ...current, error: withFaults(error, faults) } : current
      }),
    [],
  )
  return { state, save, changeFaults, clear: () => setState({ status: 'editing' }) }
}
