import pg from 'pg'
import { Problem } from '../problems/problem.ts'
import { type ProblemType, problemTypes } from '../problems/types.ts'

/** What PostgreSQL said, out of the errors that libraries wrap around it; undefined for other errors. */
export function getDatabaseError(error: unknown): pg.DatabaseError | undefined {
  if (error instanceof pg.DatabaseError) return error
  return error instanceof Error && error.cause !== undefined ? getDatabaseError(error.cause) : undefined
}

/** Codes of sockets that could not be opened or were cut. */
const cutConnections = new Set([
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

const cutMessages =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered a connection error/

/** Whether an error is that the database cannot be reached, or that a connection to it was lost. */
function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  // The socket of a server on the same machine goes with it.
  const isGone = code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect'
  return (
    isGone || cutConnections.has(code) || cutMessages.test(error.message) || isConnectionError(error.cause)
  )
}

/** Seconds after which it is worth another try. */
export const retryAfter = '1'

const takesTooLong = 'A statement took too long and was stopped; nothing was written. Ask for less at once.'

/** SQLSTATEs (PostgreSQL appendix A), whole or by class, and the problems that they are to a client. */
const problems: Record<string, { type: ProblemType; detail: string }> = {
  '08': { type: 'unavailable', detail: 'The connection to the database was lost.' },
  '22': { type: 'invalid-body', detail: 'A value is not one that can be kept.' },
  '23503': {
    type: 'conflict',
    detail: 'A record that this one refers to, or that refers to it, is in the way.',
  },
  '23505': { type: 'conflict', detail: 'Something that must be unique exists already.' },
  '23': { type: 'invalid-body', detail: 'The record breaks a rule of the registry.' },
  '25006': { type: 'unavailable', detail: 'The database takes no changes at the moment.' },
  // A server that is being restored or replaced may know neither the user nor the database.
  '28': { type: 'unavailable', detail: 'The database does not let the service in.' },
  '3D': { type: 'unavailable', detail: 'The database is not there.' },
  '25P03': { type: 'unavailable', detail: 'The database ended the transaction.' },
  '25P04': { type: 'unavailable', detail: 'The database ended the transaction.' },
  '40': {
    type: 'unavailable',
    detail: 'Concurrent update: the transaction was rolled back. Retry the request.',
  },
  '53': { type: 'unavailable', detail: 'The database has no room for the request.' },
  '55': { type: 'unavailable', detail: 'Something in the database is locked or not yet ready.' },
  '57': { type: 'unavailable', detail: 'The database stopped the request.' },
  '57014': { type: 'too-slow', detail: takesTooLong },
  '58': { type: 'unavailable', detail: 'The database cannot read or write its files.' },
  EN001: { type: 'invalid-body', detail: 'The record would be below itself.' },
}

/**
 * The problem that an error is to a client. What PostgreSQL wrote stays in the cause, for the log.
 * @returns undefined when the error is a fault of the service.
 */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  const state = getDatabaseError(error)?.code
  const known = state === undefined ? undefined : (problems[state] ?? problems[state.slice(0, 2)])
  if (!known && !isConnectionError(error)) return undefined
  const { type, detail } = known ?? {
    type: 'unavailable' as const,
    detail: 'The database cannot be reached.',
  }
  return new Problem(type, detail, {
    cause: error,
    ...(problemTypes[type].status === 503 && { headers: { 'retry-after': retryAfter } }),
  })
}

/** SQLSTATEs after which the session is gone, or may be: lost, out of room, shut down, failed outside or inside. */
const endsSessions = /^(08|53|57P|58|XX)/

/**
 * Whether an error ended the session: the connection was lost before PostgreSQL answered, or PostgreSQL closed it. A commit
 * that fails so may have been made or not; any other error rolls the transaction back. The severity would say the same,
 * but in the server's language.
 */
export function isSessionLost(error: unknown): boolean {
  const state = getDatabaseError(error)?.code
  return state === undefined || endsSessions.test(state)
}

/** Whether a connection leads to a server that takes no changes, as the old one after a failover. */
export const isReadOnly = (error: unknown): boolean => getDatabaseError(error)?.code === '25006'
