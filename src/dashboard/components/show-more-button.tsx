import type { ComponentChildren } from 'preact'
import { focusPrevious } from './focus-previous.ts'

/** A button that shows further rows. It may disappear then, so a click moves the focus to the element before it. */
export function ShowMoreButton({
  class: className,
  onClick,
  children,
}: {
  class?: string
  onClick: () => void
  children: ComponentChildren
}) {
  return (
    <button
      type="button"
      class={className}
      onClick={(event) => {
        focusPrevious(event.currentTarget)
        onClick()
      }}
    >
      {children}
    </button>
  )
}
