/** Maximum length of the value in a fault, in characters. */
const maxLength = 200

/** Shortens a text for `RowFault.value`. */
export const toFaultValue = (text: string): string => text.slice(0, maxLength)
