import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Moves the focus after the next render of the component, if this render removes the element that has the focus.
 * @returns a function that takes the HTML id of the element that gets the focus.
 */
export function useFocusAfterRender(): (id: string) => void {
  const target = useRef<string>()
  useLayoutEffect(() => {
    if (target.current !== undefined) document.getElementById(target.current)?.focus()
    target.current = undefined
  })
  return (id) => {
    target.current = id
  }
}
