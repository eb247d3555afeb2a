import { useMemo, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { apiRecordPath } from '../../view-data.ts'
import { type ApiError, readApi, toApiError } from '../api/client.ts'
import { mergeNames } from '../api/names.ts'
import { withQuery } from '../api/path.ts'
import { type ResourceDescription, recordDetailPath } from '../api/resources.ts'
import { titleOf } from '../api/titles.ts'
import type { Names, RecordDocument } from '../api/types.ts'
import { newIdempotencyKey, writeApi } from '../api/write-api.ts'
import { Loaded } from '../components/widget.tsx'
import { ConfirmationCheckbox } from '../editing/confirmation-checkbox.tsx'
import { explainRefusal } from '../editing/explain-refusal.ts'
import { FaultSummary } from '../editing/fault-summary.tsx'
import { FaultsContext, groupByPointer } from '../editing/faults.ts'
import { NamesContext } from '../editing/names.ts'
import { ReasonField } from '../editing/reason-field.tsx'
import { useLeaveGuard } from '../editing/use-leave-guard.ts'
import { useLoadOnce } from '../editing/use-load-once.ts'
import { useLanguage } from '../i18n/language.ts'
import { useNavigateWhileMounted } from '../use-navigate-while-mounted.ts'
import { MergeEffects } from './merge-effects.tsx'
import { type MergePair, PairComparison } from './pair-comparison.tsx'
import { RemainingField } from './remaining-field.tsx'

interface MergeKeys {
  resource: ResourceDescription
  /** The key of the record that is merged. */
  from: string
  /** The key of the record that stays. */
  into: string
}

/** Reads both records of a merge, with the names of the records to which they refer. */
async function readPair(
  { resource, from, into }: MergeKeys,
  language: string,
  signal?: AbortSignal,
): Promise<MergePair> {
  const read = (key: string) =>
    readApi<RecordDocument & { names?: Names }>(
      withQuery(apiRecordPath(resource.name, key), { include: 'names' }),
      language,
      signal,
      true,
    )
  const [one, other] = await Promise.all([read(from), read(into)])
  const { names, ...merged } = one
  const { names: otherNames, ...remaining } = other
  return { merged, remaining, names: mergeNames(names ?? {}, otherNames) }
}

interface MergeFormProps extends MergeKeys {
  /** Called with the key of another record that is to stay; undefined if the user has removed the chosen one. */
  onChoose: (key: string | undefined) => void
  /** The reason of the merge. */
  reason: string
  onReason: (reason: string) => void
}

/** Compares two records, and merges one into the other. */
export function MergeForm(props: MergeFormProps) {
  const { tag } = useLanguage()
  const state = useLoadOnce((signal) => readPair(props, tag, signal))
  const { resource, into, onChoose } = props
  return (
    <>
      {state.error && <RemainingField resource={resource} value={into} onChange={onChoose} />}
      <Loaded state={state} height="40rem">
        {(pair) => <PairForm {...props} initial={pair} />}
      </Loaded>
    </>
  )
}

function PairForm({ initial, onChoose, reason, onReason, ...keys }: MergeFormProps & { initial: MergePair }) {
  const { resource, from } = keys
  const { t, tag } = useLanguage()
  const navigate = useNavigateWhileMounted()
  const [pair, setPair] = useState(initial)
  const [isSure, setSure] = useState(false)
  const [isSending, setSending] = useState(false)
  const [error, setError] = useState<ApiError>()
  useLeaveGuard(reason.trim() !== '')
  const { merged, remaining } = pair
  // If the chosen record was merged into another one, the API returns the other one.
  const into = String(remaining[resource.key])
  const idempotencyKey = useMemo(newIdempotencyKey, [pair, reason])
  const names = { names: { [resource.name]: { [into]: titleOf(resource, remaining, tag) } }, add: () => {} }
  const submit = async (event: Event) => {
    event.preventDefault()
    setSending(true)
    setError(undefined)
    try {
      await writeApi(`${apiRecordPath(resource.name, from)}/merge`, {
        method: 'POST',
        body: { into, version: Number(remaining.version) },
        version: Number(merged.version),
        reason,
        idempotencyKey,
      })
      navigate(recordDetailPath(resource.name, into))
    } catch (failure) {
      setError(await explainRefusal(toApiError(failure), takeOver))
      setSending(false)
    }
  }
  /** Shows the versions that somebody else has saved. Returns the type of the error that says so; undefined if there are none. */
  const takeOver = async (): Promise<string | undefined> => {
    const saved = await readPair(keys, tag)
    const isSame = (one: RecordDocument, other: RecordDocument) =>
      one[resource.key] === other[resource.key] && one.version === other.version
    if (isSame(saved.merged, merged) && isSame(saved.remaining, remaining)) return undefined
    setPair(saved)
    // The user has not seen the new versions.
    setSure(false)
    return 'changed-before-merge'
  }
  return (
    <NamesContext.Provider value={names}>
      <FaultsContext.Provider value={groupByPointer(error?.faults ?? [])}>
        <form class="stack" noValidate onSubmit={submit} inert={isSending}>
          {error && <FaultSummary error={error} />}
          {error?.status === 410 && (
            <a href={recordDetailPath(resource.name, from)} target="_blank" rel="noreferrer">
              {t('edit.openRemaining')}
            </a>
          )}
          <div class="widget stack">
            <RemainingField resource={resource} value={into} onChange={onChoose} />
            <Link href={withQuery(`${recordDetailPath(resource.name, into)}/merge`, { into: from })}>
              {t('merge.swap')}
            </Link>
          </div>
          <PairComparison resource={resource} pair={pair} />
          <div class="widget stack">
            <MergeEffects resource={resource} />
            <ReasonField value={reason} onChange={onReason} />
            <ConfirmationCheckbox checked={isSure} onChange={setSure} />
            <div class="toolbar">
              <button type="submit" class="primary danger" disabled={!isSure}>
                {t('merge.submit')}
              </button>
              <span class="soft small" role="status">
                {isSending && t('edit.saving')}
              </span>
            </div>
          </div>
        </form>
      </FaultsContext.Provider>
    </NamesContext.Provider>
  )
}
