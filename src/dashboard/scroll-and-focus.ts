import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

/** Moves the focus to the start of the view. For use after an action that removes the focused element. */
export const focusView = (): void => document.getElementById('main')?.focus({ preventScroll: true })

/**
 * The element that had the focus when the current view was opened. Undefined for the first view after the page was loaded, and
 * after `takeFocus` has run for the current view.
 */
let focusedBefore: Element | null | undefined

/**
 * Moves the focus to the heading of a view that has been opened, so that screen readers read the heading, and the Tab key starts
 * there. Calls for the first view after the page was loaded do nothing, and so do later calls for the same view, unless the heading
 * was hidden. If the user has moved the focus to another element while the view was loading, the focus stays on that element.
 */
export function takeFocus(heading: HTMLElement | null): void {
  if (focusedBefore === undefined) return
  const { activeElement, body } = document
  if ([body, null, focusedBefore].includes(activeElement)) {
    heading?.focus({ preventScroll: true })
    // A hidden heading cannot take the focus. A later call tries again.
    if (document.activeElement !== heading) return
  }
  focusedBefore = undefined
}

/**
 * Scrolls to the top when a link opens another view, as browsers do for another page. After Back and Forward, the browser
 * restores the scroll position. In both cases, the heading of the view takes the focus.
 * @param path the path of the view.
 */
export function useScrollAndFocusReset(path: string): void {
  /** Whether the view was opened by a link, and not by Back or Forward. */
  const isOpenedByLink = useRef(false)
  const previous = useRef(path)
  useEffect(() => {
    const onPush = () => {
      isOpenedByLink.current = true
    }
    const onBack = () => {
      isOpenedByLink.current = false
    }
    // The router dispatches `pushState`.
    addEventListener('pushState', onPush)
    addEventListener('popstate', onBack)
    return () => {
      removeEventListener('pushState', onPush)
      removeEventListener('popstate', onBack)
    }
  }, [])
  useLayoutEffect(() => {
    if (isOpenedByLink.current) scrollTo(0, 0)
    // The effect in which a heading calls `takeFocus` runs later.
    if (previous.current !== path) focusedBefore = document.activeElement
    previous.current = path
  }, [path])
}
