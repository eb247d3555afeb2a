import type { ProblemType } from '../../problems/types.ts'
import { idempotencyProblems } from './idempotency.ts'

/** Problems of a change of an existing record that takes no `Idempotency-Key`. */
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

/** Problems of a change of an existing record that takes an `Idempotency-Key`. */
export const recordProblems: readonly ProblemType[] = [...commonChangeProblems, ...idempotencyProblems]

/** Problems of a change with a body. */
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
