import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Returns a function that changes a value, and moves the focus to the element with the given HTML id after the next render.
 * For changes that remove the focused element.
 */
export function useFocusAfterChange<Value>(
  onChange: (value: Value) => void,
): (value: Value, id?: string) => void {
  const target = useRef<string>()
  useLayoutEffect(() => {
    if (target.current !== undefined) document.getElementById(target.current)?.focus()
    target.current = undefined
  })
  return (value, id) => {
    target.current = id
    onChange(value)
  }
}
