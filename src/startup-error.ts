/**
 * Why the service cannot start, as one line for the operator: which thing, what is wrong with it and what
 * would be right. The command line prints the message alone; a stack trace would only hide it.
 */
export class StartupError extends Error {
  override name = 'StartupError'
}
