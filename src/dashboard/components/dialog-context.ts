import { type ComponentChildren, createContext } from 'preact'

/**
 * A function that shows a dialog over the page, or closes it if called with undefined. The dialog belongs to the whole page, so
 * it stays open if the button that opened it is removed, for example because the user has lost the right to use it.
 */
export const DialogContext = createContext<(dialog: ComponentChildren) => void>(() => {})
