/** The links, buttons, inputs, drop-down lists and summaries of a page, which take the focus. */
const focusable = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), summary'

/**
 * Moves the focus from an element that is about to disappear to the visible element before it that matches `focusable`
 * (WCAG 2.4.3). Otherwise the focus would be lost, and the Tab key would start again at the top.
 */
export function focusPrevious(element: EventTarget): void {
  const visible = [...document.querySelectorAll<HTMLElement>(focusable)].filter((candidate) =>
    candidate.checkVisibility(),
  )
  visible.find((_one, index) => visible[index + 1] === element)?.focus()
}
