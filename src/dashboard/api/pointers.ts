/** The property that a JSON pointer (RFC 6901) is about: `/parties/0` is about `parties`. Undefined for a whole record. */
export const pointedProperty = (pointer: string | null): string | undefined => pointer?.split('/')[1]
