import { type ComponentChildren, createContext } from 'preact'

/**
 * A function that shows a dialog over the page, or closes it if called with undefined. The dialog belongs to the whole page, so
 * it stays when the element that opened it is removed, such as a button that needs a right that the user has lost.
 */
export const DialogContext = createContext<(dialog: ComponentChildren) => void>(() => {})
