/**
 * The code that Node (`ENOENT`) or PostgreSQL (`28P01`) gave an error, or '' when it has none. It is looked for in the
 * cause too, since drizzle wraps PostgreSQL's errors.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error ? String(error.code) : errorCode(error.cause)
}
