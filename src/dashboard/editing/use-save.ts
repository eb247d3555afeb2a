import { useRef, useState } from 'preact/hooks'
import { ApiError, type Fault, readApi, toApiError } from '../api/client.ts'
import type { FormField } from '../api/forms.ts'
import { newIdempotencyKey } from '../api/idempotency-key.ts'
import { withQuery } from '../api/path.ts'
import type { ResourceDescription } from '../api/resources.ts'
import type { HistoryPage, Names, RecordDocument } from '../api/types.ts'
import { apiRecordPath, writeApi } from '../api/write-api.ts'
import { useLanguage } from '../i18n/language.ts'
import type { Conflict } from './conflict.tsx'
import { explainNumbers, withoutItem } from './faults.ts'
import { type FormValues, toDocument, toPatch } from './form-values.ts'
import type { BaseVersion } from './record-form.tsx'

interface SaveState {
  status: 'editing' | 'saving' | 'saved' | 'unchanged'
  error?: ApiError
  /** The faults of the error, without those of list items that the editor has removed since. */
  faults?: readonly Fault[]
  /** The version that another user saved meanwhile, with the names of the records that it refers to. */
  conflict?: Conflict & { names: Names }
}

/** Reads the current version of a record, and its history entry. */
async function readConflict(path: string, language: string): Promise<Conflict & { names: Names }> {
  const [{ names = {}, ...record }, history] = await Promise.all([
    readApi<RecordDocument & { names?: Names }>(
      withQuery(path, { include: 'names' }),
      language,
      undefined,
      true,
    ),
    readApi<HistoryPage>(withQuery(`${path}/history`, { limit: 1 }), language, undefined, true),
  ])
  return { theirs: record, version: Number(record.version), entry: history.data[0], names }
}

/** Saves a form: creates a record, or changes the properties that differ from the version on which the form is based. */
export function useSave({
  resource,
  fields,
  base,
}: {
  resource: ResourceDescription
  fields: readonly FormField[]
  base: BaseVersion | undefined
}) {
  const { tag } = useLanguage()
  const [state, setState] = useState<SaveState>({ status: 'editing' })
  const attempt = useRef<{ content: string; idempotencyKey: string }>()

  const send = (values: FormValues, reason: string) => {
    const body = base ? toPatch(base.values, values, fields) : toDocument(values, fields)
    // If a response is lost, the same form must neither create a second record nor conflict with its own change.
    const content = JSON.stringify([body, base?.version, reason])
    if (attempt.current?.content !== content)
      attempt.current = { content, idempotencyKey: newIdempotencyKey() }
    const { idempotencyKey } = attempt.current
    if (!base) return writeApi(`/v1/${resource.name}`, { method: 'POST', body, idempotencyKey, reason })
    const path = apiRecordPath(resource.name, base.key)
    return writeApi(path, { method: 'PATCH', body, version: base.version, idempotencyKey, reason })
  }
  const refuse = (error: ApiError) => setState({ status: 'editing', error, faults: error.faults })
  const handleError = async (error: ApiError, values: FormValues) => {
    if (error.status !== 412 || !base) {
      const faults = explainNumbers(error.faults, toDocument(values, fields))
      return refuse(new ApiError(error.status, error.message, { ...error, faults }))
    }
    try {
      const conflict = await readConflict(apiRecordPath(resource.name, base.key), tag)
      setState({ status: 'editing', conflict })
    } catch (failure) {
      refuse(toApiError(failure))
    }
  }

  /**
   * Returns the key of the record, or undefined if it was not saved; `state` then has the reason.
   * @param faults of input that is not in `values`. With any, nothing is sent.
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
    if (base && Object.keys(toPatch(base.values, values, fields)).length === 0) {
      setState({ status: 'unchanged' })
      return undefined
    }
    setState({ status: 'saving' })
    try {
      // Tests validate the responses of the service against the OpenAPI document.
      const record = (await send(values, reason)) as RecordDocument
      setState({ status: 'saved' })
      return String(record[resource.key])
    } catch (failure) {
      await handleError(toApiError(failure), values)
      return undefined
    }
  }
  const removeItemFaults = (list: string, position: number) =>
    setState((current) =>
      current.faults ? { ...current, faults: withoutItem(current.faults, list, position) } : current,
    )
  return { state, save, removeItemFaults, clear: () => setState({ status: 'editing' }) }
}
