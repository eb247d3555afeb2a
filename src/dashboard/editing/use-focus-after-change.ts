import { useLayoutEffect, useRef } from 'preact/hooks'

/**
 * Returns a function that changes a value. If this removes the element that has the focus, the element with the given HTML id
 * gets the focus after the next render.
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
