import { getSystemErrorMap } from 'node:util'

/**
 * Returns the code of an error of Node.js (`ENOENT`) or PostgreSQL (`28P01`), or '' if there is none. Also searches the
 * causes of the error, since drizzle wraps PostgreSQL's errors.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error ? String(error.code) : errorCode(error.cause)
}

/**
 * Returns why a file cannot be read or written, in the words of the system: `no such file or directory`. The message of Node.js
 * also has the code and the name of the file, but the caller's message already names the file: `the archive FILE cannot be read:
 * no such file or directory`. Returns the message of any other error.
 */
export function errorReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const errno = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0
  return getSystemErrorMap().get(errno)?.[1] ?? error.message
}
