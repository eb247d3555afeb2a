/** Whether a value is null, undefined or an empty list. */
export const isUnset = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)
