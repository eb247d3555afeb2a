import type { ProblemType } from '../../problems/types.ts'
import { idempotencyProblems } from './idempotency.ts'

/** Problems of every change of an existing record. */
export const recordProblems: readonly ProblemType[] = [
  'malformed-request',
  'invalid-parameter',
  'unauthorized',
  'not-found',
  'not-acceptable',
  'conflict',
  'stale-version',
  'precondition-required',
  ...idempotencyProblems,
]

/** Problems of a change with a body. */
export const documentProblems: readonly ProblemType[] = [
  ...recordProblems,
  'too-large',
  'unsupported-media-type',
  'invalid-body',
]
