import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Scrolls to the top when a link opens another view, as browsers do for another page. After Back and Forward, the browser
 * restores the position of the view.
 * @param path the path of the view.
 */
export function useScrollToTop(path: string): void {
  const isLinked = useRef(false)
  useEffect(() => {
    const onPush = () => {
      isLinked.current = true
    }
    const onBack = () => {
      isLinked.current = false
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
    if (isLinked.current) scrollTo(0, 0)
  }, [path])
}
