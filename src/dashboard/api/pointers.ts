/**
 * Returns the first segment of a JSON pointer (RFC 6901): `parties` for `/parties/0`. Undefined for null, which means the
 * whole record.
 */
export const pointedProperty = (pointer: string | null): string | undefined => pointer?.split('/')[1]
