import { Problem } from '../../../problems/problem.ts'

/** Returns the problem for a file that cannot be read. @param detail where it is wrong, and what would be right. */
export const unreadableFile = (detail: string, cause?: unknown): Problem =>
  new Problem('unreadable-file', detail, { cause })

/** Formats a number for a message, such as `8,388,608`. */
export const formatCount = (count: number): string => count.toLocaleString('en')
