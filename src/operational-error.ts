/**
 * An error that the operator can fix, such as an invalid setting. The first line of its message says what is affected, what is
 * wrong, and what would be right. Faults may follow, one per line. The command line prints the message without a stack trace.
 */
export class OperationalError extends Error {
  override name = 'OperationalError'
}
