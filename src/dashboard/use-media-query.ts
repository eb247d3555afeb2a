import { useSyncExternalStore } from 'preact/compat'

/** Returns whether a media query matches. When that changes, such as by a new size of the window, the component renders again. */
export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const list = matchMedia(query)
      list.addEventListener('change', onChange)
      return () => list.removeEventListener('change', onChange)
    },
    () => matchMedia(query).matches,
  )
}
