import type { ComponentChildren } from 'preact'

/** The elements of a page that take the focus. */
const focusable = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), summary'

/**
 * Moves the focus from an element that is about to disappear to the one before it on the page (WCAG 2.4.3). Otherwise the focus
 * would be lost, and the Tab key would start again at the top.
 */
function focusPrevious(element: HTMLElement): void {
  const visible = [...document.querySelectorAll<HTMLElement>(focusable)].filter((one) =>
    one.checkVisibility(),
  )
  visible[visible.indexOf(element) - 1]?.focus()
}

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
