import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'wouter-preact'

/**
 * Returns a function that opens another view after a request, unless the user has meanwhile left the view that sent the
 * request. The user may be in another form, whose input would be lost, since the function does not ask for confirmation.
 */
export function useNavigateWhileMounted(): (path: string) => void {
  const [, navigate] = useLocation()
  const isMounted = useRef(true)
  useEffect(
    () => () => {
      isMounted.current = false
    },
    [],
  )
  return (path) => {
    if (isMounted.current) navigate(path)
  }
}
