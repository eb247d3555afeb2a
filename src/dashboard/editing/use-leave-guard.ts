import { useEffect } from 'preact/hooks'
import { useLocationProperty } from 'wouter-preact/use-browser-location'
import { type MessageKey, useLanguage } from '../i18n/language.ts'

/** The open page, while leaving it would lose its content. `ask` asks the user for confirmation. */
let guardedPage: { href: string; pathname: string; ask: () => boolean } | undefined

/** Asks for confirmation if the page guards its content. @returns whether the user may leave the page. */
export const confirmLeave = (): boolean => guardedPage?.ask() ?? true

// Back and Forward have already changed the URL. This listener runs before the router's listener, which is added at the first
// render. So this listener can hide the change from the router and restore the URL.
window.addEventListener('popstate', (event) => {
  if (!guardedPage || location.pathname === guardedPage.pathname || confirmLeave()) return
  event.stopImmediatePropagation()
  history.pushState(null, '', guardedPage.href)
})

/** Whether a click on a link opens another page in this tab. A page keeps its content while only its query or hash changes. */
function opensAnotherPage(link: Element, { ctrlKey, metaKey, shiftKey, altKey }: MouseEvent): boolean {
  if (ctrlKey || metaKey || shiftKey || altKey || link.getAttribute('target') === '_blank') return false
  const { origin, pathname } = new URL(link.getAttribute('href') ?? '', location.href)
  return origin !== location.origin || pathname !== location.pathname
}

/**
 * Asks for confirmation before the user leaves a page and loses its content, such as a form with unsaved changes: by following
 * a link, with the browser's Back and Forward buttons, or by closing the page. Other code that leaves the page must call
 * `confirmLeave`.
 * @param isGuarded whether leaving the page would lose its content.
 * @param question key of the question in the dialog. Browsers show their own question when the page is closed.
 */
export function useLeaveGuard(isGuarded: boolean, question: MessageKey = 'edit.leave'): void {
  const { t } = useLanguage()
  // The URL can change while the page is open: choosing another language changes its query.
  const href = useLocationProperty(() => location.href)
  useEffect(() => {
    if (!isGuarded) return
    guardedPage = { href, pathname: location.pathname, ask: () => confirm(t(question)) }
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
      guardedPage = undefined
      window.removeEventListener('beforeunload', onLeave)
      document.removeEventListener('click', onClick, { capture: true })
    }
  }, [isGuarded, href])
}
