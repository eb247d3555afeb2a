import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'wouter-preact'

/**
 * Returns a function that opens another view after a request, unless the user has left the view that sent the request
 * meanwhile. They may be in another form, and nobody would ask before its input is lost.
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
