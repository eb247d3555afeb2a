import { errorCode } from '../../error-code.ts'
import { StartupError } from '../../startup-error.ts'

const words: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in its place',
  ENOENT: 'it is not there',
}

/** Returns a StartupError with one line: what failed, and the reason of the file system or program. */
export function failure(what: string, error: unknown): StartupError {
  return error instanceof StartupError ? error : new StartupError(`${what}: ${reason(error)}`)
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('stderr' in error && error.stderr) return lineOfProgram(String(error.stderr))
  return words[errorCode(error)] ?? error.message
}

/** The last message of a program, without its usage hints. */
function lineOfProgram(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const hint = lines.some((line) => line.includes('shared librar') || line.includes('Library not loaded'))
    ? ' (packages were installed without their install scripts: run npm rebuild)'
    : ''
  return (lines.find((line) => /error:|fatal:/i.test(line)) ?? lines.at(-1) ?? 'no reason given') + hint
}
