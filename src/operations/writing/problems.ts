import type { ProblemType } from '../../problems/types.ts'
import { idempotencyProblems } from './idempotency.ts'

/** Problems of every operation that changes an existing record. */
const commonChangeProblems: readonly ProblemType[] = [
  'malformed-request',
  'invalid-parameter',
  'unauthorized',
  'not-found',
  'not-acceptable',
  'conflict',
  'stale-version',
  'precondition-required',
]

const bodyProblems: readonly ProblemType[] = ['too-large', 'unsupported-media-type', 'invalid-body']

/** Problems of an operation that changes an existing record and takes an `Idempotency-Key`. */
export const recordProblems: readonly ProblemType[] = [...commonChangeProblems, ...idempotencyProblems]

/** Problems of an operation that changes an existing record with a body and takes an `Idempotency-Key`. */
export const documentProblems: readonly ProblemType[] = [...recordProblems, ...bodyProblems]

/** Problems of creating records. */
export const creationProblems: readonly ProblemType[] = [
  'malformed-request',
  'invalid-parameter',
  'unauthorized',
  'not-acceptable',
  'conflict',
  ...bodyProblems,
  ...idempotencyProblems,
]

/** Problems of a redaction, which takes a body and no `Idempotency-Key`. */
export const redactionProblems: readonly ProblemType[] = [...commonChangeProblems, ...bodyProblems]
