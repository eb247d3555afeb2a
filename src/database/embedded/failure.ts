import { errorCode } from '../../error-code.ts'
import { OperationalError } from '../../operational-error.ts'

const reasons: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'the path does not exist',
}

/**
 * Returns an OperationalError whose message is one line: what failed, and why, as the file system or PostgreSQL's program says.
 * Returns an error that is already an OperationalError unchanged.
 * @param what a clause that says what failed, such as `FILE cannot be written`.
 */
export function failure(what: string, error: unknown): OperationalError {
  return error instanceof OperationalError ? error : new OperationalError(`${what}: ${reason(error)}`)
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('stderr' in error && error.stderr) return errorLine(String(error.stderr))
  return reasons[errorCode(error)] ?? error.message
}

/** Returns the first line with an error, otherwise the last line. Adds a hint if a shared library is missing. */
function errorLine(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const hint = lines.some((line) => line.includes('shared librar') || line.includes('Library not loaded'))
    ? ' (packages were installed without their install scripts: run npm rebuild)'
    : ''
  return (lines.find((line) => /error:|fatal:/i.test(line)) ?? lines.at(-1) ?? 'no reason given') + hint
}
