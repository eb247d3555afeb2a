import pg from 'pg'
import { Problem } from '../problems/problem.ts'
import type { ProblemType } from '../problems/types.ts'

/** What PostgreSQL said, out of the errors that libraries wrap around it; undefined for other errors. */
export function databaseErrorOf(error: unknown): pg.DatabaseError | undefined {
  if (error instanceof pg.DatabaseError) return error
  return error instanceof Error && error.cause !== undefined ? databaseErrorOf(error.cause) : undefined
}

/** Codes of sockets that could not be opened or were cut. */
const cutConnections = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'])

const cutMessages =
  /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error/

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return cutConnections.has(code) || cutMessages.test(error.message) || isConnectionError(error.cause)
}

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
  '40': { type: 'unavailable', detail: 'The change met another one and was undone.' },
  '53': { type: 'unavailable', detail: 'The database has no room for the request.' },
  '57': { type: 'unavailable', detail: 'The database stopped the request.' },
  EN001: { type: 'invalid-body', detail: 'The record would be below itself.' },
}

/**
 * The problem that an error is to a client. What PostgreSQL wrote stays in the cause, for the log.
 * @returns undefined when the error is a fault of the service.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error
  const state = databaseErrorOf(error)?.code
  const known = state === undefined ? undefined : (problems[state] ?? problems[state.slice(0, 2)])
  if (!known && !isConnectionError(error)) return undefined
  const { type, detail } = known ?? {
    type: 'unavailable' as const,
    detail: 'The database cannot be reached.',
  }
  return new Problem(type, detail, {
    cause: error,
    ...(type === 'unavailable' && { headers: { 'retry-after': '1' } }),
  })
}
