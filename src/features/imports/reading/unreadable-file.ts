import { Problem } from '../../../problems/problem.ts'

/** Returns the problem for a file that cannot be read. @param detail what is wrong, and how to correct it. */
export const unreadableFile = (detail: string, cause?: unknown): Problem =>
  new Problem('unreadable-file', detail, { cause })

/** Formats a number for a message, such as `8,388,608`. */
export const formatCount = (count: number): string => count.toLocaleString('en')
