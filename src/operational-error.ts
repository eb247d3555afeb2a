import { getSystemErrorMap } from 'node:util'

/**
 * An error that the operator can fix, such as an invalid setting. The first line of its message says what is affected, what is
 * wrong, and what would be right. Faults may follow, one per line. The command line prints the message without a stack trace.
 */
export class OperationalError extends Error {
  override name = 'OperationalError'
}

/**
 * Returns an error that says what failed, and why: for an error of the system in its words, such as `no such file or directory`,
 * and otherwise the message of the cause. Returns an OperationalError unchanged.
 * @param what a clause that says what failed, such as `FILE cannot be written`.
 */
export const failure = (what: string, cause: unknown): OperationalError =>
  cause instanceof OperationalError ? cause : new OperationalError(`${what}: ${reasonOf(cause)}`, { cause })

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  // The message of Node.js would repeat the name of the file, and add a code.
  const errno = 'errno' in cause && typeof cause.errno === 'number' ? cause.errno : 0
  return getSystemErrorMap().get(errno)?.[1] ?? cause.message
}
