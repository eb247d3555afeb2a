import { type ComponentChildren, toChildArray } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useLanguage } from '../i18n/language.ts'

/** Number of items that are always shown. */
const unfoldedCount = 25

/**
 * A numbered list of any length. The items after the first 25 are in a disclosure, which opens when the user follows a link to
 * one of these items, even from another page, and is printed open.
 */
export function FoldedList({ class: className, children }: { class: string; children: ComponentChildren }) {
  const { t, number } = useLanguage()
  const items = toChildArray(children)
  const rest = items.slice(unfoldedCount)
  const disclosure = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    // The browser opens the disclosure for a link within the page. For a link that leads to the page, it does not, since the
    // item is rendered later.
    const linked = document.getElementById(location.hash.slice(1))
    if (!linked || !disclosure.current?.contains(linked)) return
    disclosure.current.open = true
    linked.scrollIntoView()
  }, [])
  return (
    <>
      <ol class={className}>{items.slice(0, unfoldedCount)}</ol>
      {rest.length > 0 && (
        <details ref={disclosure}>
          <summary>{t('list.rest', { count: number(rest.length), total: number(items.length) })}</summary>
          <ol class={className} start={unfoldedCount + 1}>
            {rest}
          </ol>
        </details>
      )}
    </>
  )
}
