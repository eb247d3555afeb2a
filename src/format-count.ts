/** Formats a number of things for people: `1,000`. */
export const formatCount = (count: number): string => count.toLocaleString('en')
