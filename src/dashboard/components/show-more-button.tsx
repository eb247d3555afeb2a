import type { ComponentChildren } from 'preact'
import { focusPrevious } from './focus-previous.ts'

/** A button that shows further rows, and then disappears. */
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
