import { useEffect } from 'preact/hooks'
import { readSessionAgain, useSession } from './session.ts'

const onShow = ({ persisted }: PageTransitionEvent): void => {
  if (persisted) readSessionAgain()
}

const doNothing = () => {}

/**
 * Reads the session again when Back or Forward shows the page as the user left it. Firefox restores such a page with the session
 * storage that the tab had then, so it must load the page of a signed-in user instead, as it does if `unload` has a listener.
 */
export function useRestoredPages(): void {
  const { session } = useSession()
  useEffect(() => {
    window.addEventListener('pageshow', onShow)
    return () => window.removeEventListener('pageshow', onShow)
  }, [])
  useEffect(() => {
    if (!session) return
    window.addEventListener('unload', doNothing)
    return () => window.removeEventListener('unload', doNothing)
  }, [session])
}
