import pg from 'pg'
import { Problem } from '../problems/problem.ts'
import type { ProblemType } from '../problems/types.ts'

/** Returns PostgreSQL's error from the cause chain of an error; undefined when there is none. */
export function getDatabaseError(error: unknown): pg.DatabaseError | undefined {
  if (error instanceof pg.DatabaseError) return error
  return error instanceof Error && error.cause !== undefined ? getDatabaseError(error.cause) : undefined
}

/** Node's error codes of a failed or lost connection. */
const connectionErrorCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
])

const connectionErrorMessages =
  /timeout exceeded when trying to connect|did not respond within|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed/

/** No connection to the database could be opened, such as because the certificate of the server has expired. */
export class ConnectionError extends Error {}

/** Whether the database could not be reached, or a connection was lost. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof ConnectionError) return true
  const code = 'code' in error ? String(error.code) : ''
  // A stopped server removes its Unix socket.
  const isSocketMissing = code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect'
  return (
    isSocketMissing ||
    connectionErrorCodes.has(code) ||
    connectionErrorMessages.test(error.message) ||
    isConnectionError(error.cause)
  )
}

const timeoutDetail =
  'Statement timeout: the statement was cancelled and nothing was written. Narrow a query; retry a change, which most likely waited for another one.'

/** Stands for the SQLSTATE 42501 of a read-only disk: with 42501, PostgreSQL also reports that a role lacks a permission. */
const readOnlyDiskState = '42501 read-only disk'

/** Returns the SQLSTATE of PostgreSQL's error, or `readOnlyDiskState`; undefined when there is no such error. */
function getState(error: unknown): string | undefined {
  const { code, routine } = getDatabaseError(error) ?? {}
  // This function of PostgreSQL reports lacking permissions. Messages cannot be compared, since the server translates them.
  return code === '42501' && routine !== 'aclcheck_error' ? readOnlyDiskState : code
}

/** SQLSTATEs of missing schemas, tables, columns, types and functions. */
const incompleteSchemaStates = ['3F000', '42P01', '42703', '42704', '42883']

/** Problems by SQLSTATE (PostgreSQL, appendix A): by the whole code, or by its class. The registry's triggers raise `EN…`. */
const problems: Record<string, { type: ProblemType; detail: string }> = {
  '08': { type: 'unavailable', detail: 'The connection to the database was lost.' },
  '22': { type: 'invalid-body', detail: 'PostgreSQL cannot store one of the values.' },
  '23503': {
    type: 'conflict',
    detail: 'Foreign key violation: a referenced record is missing, or another record refers to this one.',
  },
  '23505': { type: 'conflict', detail: 'A value that must be unique exists already.' },
  '23': { type: 'invalid-body', detail: 'The record breaks a rule of the registry.' },
  '25006': { type: 'unavailable', detail: 'The database is read-only at the moment.' },
  // A server that is being restored or replaced may know neither the user nor the database.
  '28': { type: 'unavailable', detail: 'The database refused the login of the service.' },
  '3D': { type: 'unavailable', detail: 'The database does not exist.' },
  '25P03': { type: 'unavailable', detail: 'The database ended the transaction.' },
  '25P04': { type: 'unavailable', detail: 'The database ended the transaction.' },
  '40': {
    type: 'unavailable',
    detail: 'Concurrent updates: the transaction was repeated and rolled back each time. Retry the request.',
  },
  // The service checks the schema at its start, so somebody is restoring a backup, or has dropped something since.
  ...Object.fromEntries(
    incompleteSchemaStates.map((state) => [
      state,
      {
        type: 'unavailable' as const,
        detail: 'The schema of the database is incomplete, such as while a backup is restored into it.',
      },
    ]),
  ),
  [readOnlyDiskState]: { type: 'unavailable', detail: 'The disk of the database is read-only.' },
  '53': { type: 'unavailable', detail: 'The database is out of connections, memory or disk space.' },
  '55': { type: 'unavailable', detail: 'A database object is locked or not ready.' },
  '55000': {
    type: 'unavailable',
    detail: 'The database is a standby at the moment, or publishes tables that have no replica identity.',
  },
  '57': { type: 'unavailable', detail: 'The database cancelled the statement or is shutting down.' },
  '57P03': { type: 'unavailable', detail: 'The database is starting or shutting down.' },
  '57014': { type: 'too-slow', detail: timeoutDetail },
  '58': { type: 'unavailable', detail: 'The database cannot read or write its files.' },
  EN002: { type: 'conflict', detail: 'A public record would refer to an internal one.' },
  EN001: { type: 'invalid-body', detail: 'The record would become its own ancestor.' },
}

/**
 * Returns the problem to send for a database error whose SQLSTATE is in `problems`, or for a connection error. PostgreSQL's
 * message stays in the cause, for the log. Returns a `Problem` unchanged, and undefined for any other error.
 */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  const state = getState(error)
  const known = state === undefined ? undefined : (problems[state] ?? problems[state.slice(0, 2)])
  if (!known && !isConnectionError(error)) return undefined
  const { type, detail } = known ?? {
    type: 'unavailable' as const,
    detail: 'The database cannot be reached.',
  }
  return new Problem(type, detail, { cause: error })
}

/**
 * SQLSTATEs that may end the session during a commit: connection, read-only disk, resources, shutdown, system and internal errors.
 */
const sessionEndingStates = new RegExp(`^(08|${readOnlyDiskState}|53|57P|58|XX)`)

/**
 * Whether a commit may have succeeded in spite of an error: the connection was lost before PostgreSQL answered, or PostgreSQL may
 * have closed it. After any other error, the transaction is rolled back, even if the error ended the session (25P03, 25P04). The
 * severity of an error is not used, because the server translates it.
 */
export function mayHaveLostSession(error: unknown): boolean {
  const state = getState(error)
  return state === undefined || sessionEndingStates.test(state)
}

/** Whether a schema, table, column, type or function is missing in the database. */
export const isSchemaIncomplete = (error: unknown): boolean =>
  incompleteSchemaStates.includes(getDatabaseError(error)?.code ?? '')

/** Whether PostgreSQL rolled a transaction back because of another transaction: a serialization failure or a deadlock. */
export const isConflict = (error: unknown): boolean =>
  ['40001', '40P01'].includes(getDatabaseError(error)?.code ?? '')

/**
 * Returns an error after which the transaction is repeated (`isConflict`), because another transaction has changed the data that
 * this one has read.
 */
export function conflictWithOthers(message: string): Error {
  const error = new pg.DatabaseError(message, message.length, 'error')
  error.code = '40001'
  return error
}

/** Whether the server is read-only, such as the old primary after a failover. */
export const isReadOnly = (error: unknown): boolean => getDatabaseError(error)?.code === '25006'
