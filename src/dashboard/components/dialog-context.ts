import { type ComponentChildren, createContext } from 'preact'

/**
 * Shows a dialog over the page, or none for undefined. The dialog belongs to the whole page, so it stays when the element that
 * has opened it is removed, such as when a button needs a right that the user has lost.
 */
export const DialogContext = createContext<(dialog: ComponentChildren) => void>(() => {})
