import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'

/**
 * Returns a ref for the element of a list of results, a function that moves the focus to this element, and a function that also
 * scrolls to it. Links to other pages of a list and buttons that remove filters call them, since the clicked element may
 * disappear.
 */
export function useFocusResults(): {
  resultsRef: RefObject<HTMLElement>
  focusResults: () => void
  showResults: () => void
} {
  const resultsRef = useRef<HTMLElement>(null)
  const focusResults = () => resultsRef.current?.focus({ preventScroll: true })
  const showResults = () => {
    focusResults()
    resultsRef.current?.scrollIntoView()
  }
  return { resultsRef, focusResults, showResults }
}
