import { getDatabaseError, toProblem } from '../database/errors.ts'
import { OperatorError } from '../operator-error.ts'

/**
 * Turns a problem, or an error of PostgreSQL that the API reports as a problem, into an OperatorError with up to 20 faults and
 * PostgreSQL's message. Returns other errors unchanged.
 */
export function toOperatorError(error: unknown): unknown {
  const problem = error instanceof OperatorError ? undefined : toProblem(error)
  if (!problem) return error
  const errors = problem.errors.slice(0, 20).map(({ pointer = '', message }) => `\n  ${pointer} ${message}`)
  const reason = getDatabaseError(error)?.message
  return new OperatorError(
    `${problem.message}${reason === undefined ? '' : ` (PostgreSQL: ${reason})`}${errors.join('')}`,
    { cause: error },
  )
}
