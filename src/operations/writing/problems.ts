import type { SpecificProblem } from '../../problems/types.ts'
import { idempotencyProblems } from './idempotency.ts'

/** Problems of every operation that changes an existing record. */
const commonChangeProblems: readonly SpecificProblem[] = ['not-found', 'conflict', 'stale-version']

/** Problems of an operation that changes an existing record and takes an `Idempotency-Key`. */
export const recordProblems: readonly SpecificProblem[] = [...commonChangeProblems, ...idempotencyProblems]

/** Problems of an operation that changes an existing record with a body and takes an `Idempotency-Key`. */
export const documentProblems: readonly SpecificProblem[] = [...recordProblems, 'invalid-body']

/** Problems of creating records. */
export const creationProblems: readonly SpecificProblem[] = [
  'conflict',
  'invalid-body',
  ...idempotencyProblems,
]

/** Problems of a redaction, which takes a body and no `Idempotency-Key`. */
export const redactionProblems: readonly SpecificProblem[] = [...commonChangeProblems, 'invalid-body']
