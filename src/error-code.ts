/**
 * Returns the code of an error of Node.js (`ENOENT`) or PostgreSQL (`28P01`), or '' if there is none. Also searches the
 * causes of the error, since drizzle wraps PostgreSQL's errors.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error ? String(error.code) : errorCode(error.cause)
}
