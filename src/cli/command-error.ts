import { getDatabaseError, toProblem } from '../database/errors.ts'
import { OperationalError } from '../operational-error.ts'

/** Maximum number of faults that are listed. */
const maxListed = 20

/**
 * Turns a problem, or an error of PostgreSQL that the API reports as a problem, into an OperationalError with up to 20 faults,
 * the number of further ones, and PostgreSQL's message. Returns other errors unchanged.
 */
export function toOperationalError(error: unknown): unknown {
  const problem = error instanceof OperationalError ? undefined : toProblem(error)
  if (!problem) return error
  const listed = problem.errors.slice(0, maxListed)
  const errors = listed.map(({ pointer = '', message }) => `\n  ${pointer} ${message}`)
  const moreErrors = problem.errors.length - listed.length + problem.moreErrors
  if (moreErrors > 0) errors.push(`\n  … and ${moreErrors} more`)
  const reason = getDatabaseError(error)?.message
  return new OperationalError(
    `${problem.message}${reason === undefined ? '' : ` (PostgreSQL: ${reason})`}${errors.join('')}`,
    { cause: error },
  )
}
