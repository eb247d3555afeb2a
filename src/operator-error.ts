/**
 * An error that the operator can fix, such as an invalid setting. Its message is one line: what is affected, what is wrong,
 * and what would be right. The command line prints the message without a stack trace.
 */
export class OperatorError extends Error {
  override name = 'OperatorError'
}
