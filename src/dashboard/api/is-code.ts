/** Whether a key is a code, such as `PAK` or `energy`, which people read. The other keys are ids. */
export const isCode = (key: string): boolean => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key)
