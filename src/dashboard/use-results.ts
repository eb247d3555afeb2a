import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'

/**
 * Returns the element of a list of results, a function that moves the focus to it, and one that also scrolls to it. The links to
 * other pages of a list, and the buttons that remove filters, pass the focus on, since they may disappear.
 */
export function useResults(): {
  results: RefObject<HTMLElement>
  focusResults: () => void
  showResults: () => void
} {
  const results = useRef<HTMLElement>(null)
  const focusResults = () => results.current?.focus({ preventScroll: true })
  const showResults = () => {
    focusResults()
    results.current?.scrollIntoView()
  }
  return { results, focusResults, showResults }
}
