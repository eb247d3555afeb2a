import { useEffect } from 'preact/hooks'
import { useLocationProperty } from 'wouter-preact/use-browser-location'
import { type MessageKey, useLanguage } from '../i18n/language.ts'

/** The open page whose content would be lost, and the question to its user; undefined if there is none. */
let guarded: { href: string; pathname: string; ask: () => boolean } | undefined

/** Asks for confirmation if the page guards its content. @returns whether the user may leave the page. */
export const confirmLeave = (): boolean => guarded?.ask() ?? true

// Back and Forward have already changed the URL. This listener runs before the one of the router, which is added at the first
// render. So it can hide the change from the router and restore the URL.
window.addEventListener('popstate', (event) => {
  if (!guarded || location.pathname === guarded.pathname || confirmLeave()) return
  event.stopImmediatePropagation()
  history.pushState(null, '', guarded.href)
})

/** Whether a click on a link opens another page in this tab. A page keeps its content while only its query or hash changes. */
function opensAnotherPage(link: Element, { ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean {
  if (ctrlKey || metaKey || shiftKey || altKey || link.getAttribute('target') === '_blank') return false
  const { origin, pathname } = new URL(link.getAttribute('href') ?? '', location.href)
  return origin !== location.origin || pathname !== location.pathname
}

/**
 * Asks for confirmation before the user leaves a page and loses its content, such as a form with unsaved changes: by a link,
 * by the browser's buttons Back and Forward, or by closing the page. Other elements that leave the page call `confirmLeave`.
 * @param isGuarded whether there is something to lose.
 */
export function useLeaveGuard(isGuarded: boolean, question: MessageKey = 'edit.leave'): void {
  const { t } = useLanguage()
  // The language, for example, changes the query.
  const href = useLocationProperty(() => location.href)
  useEffect(() => {
    if (!isGuarded) return
    guarded = { href, pathname: location.pathname, ask: () => confirm(t(question)) }
    const onLeave = (event: BeforeUnloadEvent) => event.preventDefault()
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null
      if (!link || !opensAnotherPage(link, event) || confirmLeave()) return
      event.preventDefault()
      event.stopPropagation()
    }
    window.addEventListener('beforeunload', onLeave)
    document.addEventListener('click', onClick, { capture: true })
    return () => {
      guarded = undefined
      window.removeEventListener('beforeunload', onLeave)
      document.removeEventListener('click', onClick, { capture: true })
    }
  }, [isGuarded, href])
}
