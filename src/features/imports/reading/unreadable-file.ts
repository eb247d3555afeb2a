import { Problem } from '../../../problems/problem.ts'

/** Returns the problem for a file that cannot be read. @param detail what is wrong, and how to correct it. */
export const unreadableFile = (detail: string, cause?: unknown): Problem =>
  new Problem('unreadable-file', detail, { cause })
