import type { ProblemType } from '../../problems/types.ts'
import { idempotencyProblems } from './idempotency.ts'

/** What any change of a record that there is may be refused with. */
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

/** The same for a change that is told by a body. */
export const documentProblems: readonly ProblemType[] = [
  ...recordProblems,
  'too-large',
  'unsupported-media-type',
  'invalid-body',
]
