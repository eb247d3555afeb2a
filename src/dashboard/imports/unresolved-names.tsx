import { useRef, useState } from 'preact/hooks'
import { type ApiError, readApi, toApiError } from '../api/client.ts'
import { nameIn, readTitles } from '../api/names.ts'
import { withQuery } from '../api/path.ts'
import type { ImportName, Page } from '../api/types.ts'
import { useKeepFormInput } from '../api/use-keep-form-input.ts'
import { useKeepPrevious } from '../api/use-keep-previous.ts'
import { useRead } from '../api/use-read.ts'
import { writeApi } from '../api/write-api.ts'
import { SaveButton } from '../components/file-link.tsx'
import { PageOfList } from '../components/paged-list.tsx'
import { Loaded, Widget } from '../components/widget.tsx'
import { confirmLeave, useLeaveGuard } from '../editing/use-leave-guard.ts'
import { useLanguage } from '../i18n/language.ts'
import { focusView } from '../scroll-and-focus.ts'
import { refetchViews } from '../session.ts'
import { type Decision, NameChoice } from './name-choice.tsx'
import { Refusal } from './refusal.tsx'

/** Maximum number of names on a page. */
const pageLimit = 20

/** Approximate height of a name, from which the height of the placeholder is computed. */
const nameHeightRem = 12

/** Approximate height of the button that saves the decisions. */
const buttonHeightRem = 3

const identityOf = ({ resource, name, country, scheme }: ImportName) =>
  JSON.stringify([resource, name, country, scheme])

/** Reads names of an import. Their candidates have their titles in the language of the page. */
async function readUnresolved(
  path: string,
  language: string,
  signal: AbortSignal,
): Promise<Page<ImportName>> {
  const page = await readApi<Page<ImportName>>(path, language, signal, true)
  const records = page.data.flatMap(({ resource, candidates }) =>
    candidates.map(({ key }) => ({ resource, key })),
  )
  const titles = await readTitles(records, language, signal)
  const data = page.data.map(({ candidates, ...name }) => ({
    ...name,
    candidates: candidates.map((candidate) => ({
      ...candidate,
      name: nameIn(titles, name.resource, candidate.key) ?? candidate.name,
    })),
  }))
  return { ...page, data }
}

/** Names that match no record or several records. When the user has chosen records, the dry run checks the rows again. */
export function UnresolvedNames({
  id,
  counts,
}: {
  id: string
  /** The number of unresolved names, and of the rows that have them. */
  counts: { unresolved: number; rows: number }
}) {
  const { t, number } = useLanguage()
  const [cursor, setCursor] = useState<string>()
  const path = withQuery(`/v1/imports/${id}/names`, { limit: pageLimit, cursor })
  const result = useRead(`${path}, titles`, (language, signal) => readUnresolved(path, language, signal))
  const read = useKeepFormInput(result, path)
  const state = useKeepPrevious(read)
  const nameCount = Math.min(counts.unresolved, pageLimit)
  return (
    <Widget
      title={t('imports.names')}
      caption={t('imports.namesCaption', { names: number(counts.unresolved), rows: number(counts.rows) })}
    >
      <div class="toolbar">
        <SaveButton href={`/v1/imports/${id}/names.csv`} name="names.csv">
          {t('imports.download', { name: 'names.csv' })}
        </SaveButton>
      </div>
      <PageOfList
        cursor={cursor}
        next={state.body?.page.next ?? null}
        onChange={(to) => confirmLeave() && setCursor(to)}
      >
        <Loaded state={state} height={`${nameCount * nameHeightRem + buttonHeightRem}rem`}>
          {({ data }) => <NamesForm key={cursor ?? ''} id={id} names={data} />}
        </Loaded>
      </PageOfList>
    </Widget>
  )
}

function NamesForm({ id, names }: { id: string; names: readonly ImportName[] }) {
  const { t, number } = useLanguage()
  const [decisions, setDecisions] = useState<ReadonlyMap<string, Decision>>(new Map())
  // The names whose search for another record has text, although no record was chosen.
  const [searched, setSearched] = useState<ReadonlySet<string>>(new Set())
  const [isSaving, setSaving] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const [error, setError] = useState<ApiError>()
  const decided = names.flatMap((name) => {
    const decision = decisions.get(identityOf(name))
    const { resource, name: text, country, scheme } = name
    return decision ? [{ resource, name: text, country, scheme, key: decision.key }] : []
  })
  useLeaveGuard(decided.length > 0 || searched.size > 0)
  const submit = async (event: Event) => {
    event.preventDefault()
    setSaving(true)
    setError(undefined)
    try {
      const body = { decisions: decided, onlyUndecided: true }
      await writeApi(`/v1/imports/${id}/names`, { method: 'PUT', body })
      // The new dry run removes the form, with the button that had the focus. The user may have opened another view meanwhile.
      const { activeElement, body: page } = document
      if (form.current && (activeElement === page || form.current.contains(activeElement))) focusView()
    } catch (failure) {
      setError(toApiError(failure))
      setSaving(false)
    }
  }
  const showCurrent = () => {
    focusView()
    refetchViews()
  }
  return (
    <form class="names" ref={form} onSubmit={submit}>
      <div class="names" inert={isSaving}>
        {names.map((name) => (
          <NameChoice
            key={identityOf(name)}
            name={name}
            decision={decisions.get(identityOf(name))}
            onDecide={(decision) => {
              const next = new Map(decisions)
              if (decision) next.set(identityOf(name), decision)
              else next.delete(identityOf(name))
              setDecisions(next)
            }}
            onText={(text) =>
              setSearched((current) => {
                const others = new Set(current)
                others.delete(identityOf(name))
                return text === '' ? others : others.add(identityOf(name))
              })
            }
          />
        ))}
      </div>
      {error && <Refusal error={error} />}
      {error?.type === 'conflict' && (
        <button type="button" onClick={showCurrent}>
          {t('imports.showCurrent')}
        </button>
      )}
      <p class="soft small">{t('imports.decisionsHold')}</p>
      <div class="toolbar save-bar">
        <button
          type="submit"
          class="primary"
          disabled={decided.length === 0 || searched.size > 0 || isSaving}
        >
          {t('imports.saveDecisions', { count: number(decided.length) })}
        </button>
        <span class="fault" role="status">
          {searched.size > 0 && t('problem.only-searched')}
        </span>
      </div>
    </form>
  )
}
