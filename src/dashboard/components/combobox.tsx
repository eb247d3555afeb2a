import { useEffect, useId, useState } from 'preact/hooks'
import { withQuery } from '../api/path.ts'
import { useHits } from '../api/use-hits.ts'
import { useLanguage } from '../i18n/language.ts'
import { type Hit, HitDetails } from './hit-details.tsx'
import { isComposing } from './is-composing.ts'
import { FailureReason } from './service-text.tsx'

const debounceMs = 150
const maxHits = 8

/** Debounces a text: returns it once it has not changed for `debounceMs`. */
function useDebounced(text: string): string {
  const [debounced, setDebounced] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(text), debounceMs)
    return () => clearTimeout(timer)
  }, [text])
  return debounced
}

/**
 * A search for records by their names and texts, with suggestions during typing. It is a combobox as in the ARIA Authoring
 * Practices Guide: arrow keys highlight a suggestion, Enter picks it, and Escape closes the list. If the list is closed, some
 * browsers clear the text at Escape.
 */
export function Combobox({
  label,
  id,
  placeholder,
  resources,
  describedBy,
  isInvalid = false,
  onText,
  onPick,
  onEnter,
}: {
  label: string
  id?: string
  placeholder?: string
  /** The resources to search; by default all. */
  resources?: readonly string[]
  describedBy?: string | undefined
  isInvalid?: boolean
  /** Called with the trimmed text, at first and after each change. */
  onText?: (text: string) => void
  /** Called with the suggestion that the user has picked. The text is cleared. */
  onPick: (hit: Hit) => void
  /**
   * Called with the trimmed text when Enter is pressed and no suggestion is highlighted. The text is cleared. Without this
   * function, Enter picks the first suggestion in this case.
   */
  onEnter?: (text: string) => void
}) {
  const { t } = useLanguage()
  const listId = useId()
  const [text, setText] = useState('')
  useEffect(() => onText?.(text.trim()), [text])
  const [isOpen, setOpen] = useState(false)
  const [highlighted, setHighlighted] = useState(-1)
  const query = useDebounced(text.trim())
  const path = withQuery('/v1/search', { q: query, limit: maxHits, resource: resources })
  const search = useHits(query === '' ? null : path)
  // While the user types, `search` belongs to an earlier text, so no hits are shown.
  const isCurrent = isOpen && query !== '' && query === text.trim()
  const hits = isCurrent ? (search.body?.data ?? []) : []
  const isEmpty = isCurrent && search.status === 'ready' && hits.length === 0
  const error = isCurrent ? search.error : undefined

  useEffect(() => {
    document.getElementById(`${listId}-${highlighted}`)?.scrollIntoView({ block: 'nearest' })
  }, [highlighted])

  const close = () => {
    setOpen(false)
    setHighlighted(-1)
  }
  const pick = (hit: Hit) => {
    close()
    setText('')
    onPick(hit)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    if (event.key === 'Escape' && isOpen) {
      // The browser would also clear the text. The next Escape does so.
      event.preventDefault()
      close()
    }
    if (event.key === 'Enter') {
      // Enter must not submit a form that contains the input.
      event.preventDefault()
      const hit = hits[highlighted] ?? (onEnter ? undefined : hits[0])
      if (hit) pick(hit)
      else if (onEnter && text.trim() !== '') {
        close()
        setText('')
        onEnter(text.trim())
      }
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    setOpen(true)
    const step = event.key === 'ArrowDown' ? 1 : -1
    setHighlighted((index) => Math.max(-1, Math.min(hits.length - 1, index + step)))
  }

  return (
    <div class="combobox">
      <input
        type="search"
        role="combobox"
        id={id}
        aria-label={label}
        aria-expanded={hits.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={highlighted >= 0 ? `${listId}-${highlighted}` : undefined}
        aria-describedby={describedBy}
        aria-invalid={isInvalid}
        placeholder={placeholder}
        autocomplete="off"
        dir="auto"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setOpen(true)
          setHighlighted(-1)
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <div id={listId} role="listbox" aria-label={label} class="suggestions" hidden={hits.length === 0}>
        {hits.map((hit, index) => (
          <div
            key={`${hit.resource}/${hit.key}`}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === highlighted}
            // A click would come too late: the input would already have lost the focus and closed the list.
            onMouseDown={(event) => {
              event.preventDefault()
              if (event.button === 0) pick(hit)
            }}
          >
            <bdi>{hit.title}</bdi> <HitDetails hit={hit} />
          </div>
        ))}
      </div>
      <p class="suggestions nothing" role="status" hidden={!isEmpty && !error}>
        {isEmpty && t('search.none')}
        {error && t('state.failed')}
        {error && <FailureReason error={error} />}
      </p>
    </div>
  )
}
