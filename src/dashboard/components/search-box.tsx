import { useEffect, useId, useState } from 'preact/hooks'
import { useLocation } from 'wouter-preact'
import { apiPath } from '../api/client.ts'
import { recordPath } from '../api/resources.ts'
import type { HitPage } from '../api/types.ts'
import { useApi } from '../api/use-api.ts'
import { useLanguage } from '../i18n/language.ts'

const delayMs = 150

/** The text, once it has stayed the same for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), delayMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** The search across the registry, with suggestions. A combobox by the ARIA Authoring Practices. */
export function SearchBox() {
  const { t, tOr } = useLanguage()
  const [, navigate] = useLocation()
  const list = useId()
  const [text, setText] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [selected, setSelected] = useState(-1)
  const query = useSettled(text.trim())
  const state = useApi<HitPage>(query === '' ? null : apiPath('/v1/search', { q: query, limit: 8 }))
  const hits = isOpen && query !== '' ? (state.body?.data ?? []) : []

  const go = (path: string) => {
    setOpen(false)
    setSelected(-1)
    setText('')
    navigate(path)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const hit = hits[selected]
    if (hit) go(recordPath(hit.resource, hit.key))
    else if (text.trim() !== '') go(apiPath('/search', { q: text.trim() }))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setOpen(false)
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    setOpen(true)
    const step = event.key === 'ArrowDown' ? 1 : -1
    setSelected((at) => Math.max(-1, Math.min(hits.length - 1, at + step)))
  }

  return (
    <search class="search-box">
      <form onSubmit={submit}>
        <input
          type="search"
          role="combobox"
          aria-label={t('search.label')}
          aria-expanded={hits.length > 0}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={selected >= 0 ? `${list}-${selected}` : undefined}
          placeholder={t('search.placeholder')}
          autocomplete="off"
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value)
            setOpen(true)
            setSelected(-1)
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
      </form>
      <div
        id={list}
        role="listbox"
        aria-label={t('search.title')}
        class="suggestions"
        hidden={hits.length === 0}
      >
        {hits.map((hit, at) => (
          <div
            key={`${hit.resource}/${hit.key}`}
            id={`${list}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === selected}
            // The input would lose the focus, and close the list, before the click.
            onMouseDown={(event) => {
              event.preventDefault()
              go(recordPath(hit.resource, hit.key))
            }}
          >
            {hit.title} <span class="soft small">{tOr(`resource.${hit.resource}`, hit.resource)}</span>
          </div>
        ))}
      </div>
    </search>
  )
}
