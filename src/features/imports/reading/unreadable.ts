import { Problem } from '../../../problems/problem.ts'

/** Makes the problem of a file that cannot be read. @param detail where it is wrong, and what would be right. */
export const unreadable = (detail: string, cause?: unknown): Problem =>
  new Problem('unreadable-file', detail, { cause })

/** Formats a limit for a message, such as `8,388,608`. */
export const formatCount = (count: number): string => count.toLocaleString('en')
