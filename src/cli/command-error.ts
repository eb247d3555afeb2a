import { resolve } from 'node:path'
import { getDatabaseError, isConnectionError, mayHaveLostSession, toProblem } from '../database/errors.ts'
import type { DatabaseConfig } from '../database/open.ts'
import { serverAddress } from '../database/server-address.ts'
import { OperationalError } from '../operational-error.ts'
import type { Problem } from '../problems/problem.ts'

/** The settings that say where the database is. */
type ServerConfig = Pick<DatabaseConfig, 'DATABASE_URL' | 'DATA_DIR'>

/** Maximum number of faults that are listed. */
const maxListed = 20

/**
 * Turns a problem, or an error of PostgreSQL that the API reports as a problem, into an OperationalError with up to 20 faults,
 * the number of further ones, and PostgreSQL's message. If the database is lost, the message also has the reason, and the address
 * or the log of the server. Returns other errors unchanged.
 * @param config returns the settings of the database. Called only if the database is lost.
 */
export function toOperationalError(error: unknown, config: () => ServerConfig): unknown {
  const problem = error instanceof OperationalError ? undefined : toProblem(error)
  if (!problem) return error
  const listed = problem.errors.slice(0, maxListed)
  const errors = listed.map(({ pointer = '', message }) => `\n  ${pointer} ${message}`)
  const moreErrors = problem.errors.length - listed.length + problem.moreErrors
  if (moreErrors > 0) errors.push(`\n  … and ${moreErrors} more`)
  const note = [findReason(error, problem), isLost(error, problem) ? describeServer(config()) : '']
    .filter((text) => text !== '')
    .join('; ')
  return new OperationalError(`${problem.message}${note && ` (${note})`}${errors.join('')}`, { cause: error })
}

/** Returns PostgreSQL's message or, if the database is lost, that of the last cause; '' for other problems. */
function findReason(error: unknown, problem: Problem): string {
  const databaseError = getDatabaseError(error)
  if (databaseError) return `PostgreSQL: ${databaseError.message}`
  return isLost(error, problem) ? lastCause(problem).message : ''
}

/** Returns the last error of a chain of causes. Of the attempts to connect to the addresses of a host name, the last counts. */
function lastCause(error: Error): Error {
  const cause: unknown = error instanceof AggregateError ? error.errors.at(-1) : error.cause
  return cause instanceof Error ? lastCause(cause) : error
}

/** Whether the database cannot be reached, or the connection to it was lost or may have been, also during a commit. */
const isLost = (error: unknown, problem: Problem): boolean =>
  ['unavailable', 'outcome-unknown'].includes(problem.type) &&
  (getDatabaseError(error) ? mayHaveLostSession(error) : isConnectionError(error))

/** Says where the server is or, for an embedded one, where its log is. */
const describeServer = ({ DATABASE_URL, DATA_DIR }: ServerConfig): string =>
  DATABASE_URL === undefined
    ? `the log of the server is ${resolve(DATA_DIR, 'postgres/server.log')}`
    : `the server is at ${serverAddress(DATABASE_URL).address}`
