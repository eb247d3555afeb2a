import { largeSearches, largeWrites, manyFaults } from './bodies.ts'
import {
  hastyStreams,
  idleConnections,
  manyStreams,
  pausedReplays,
  pipelinedRequests,
  slowExports,
  smallChunks,
} from './connections.ts'
import { abandonedQuestions, expensiveQuestions } from './questions.ts'

/** Every attack by the name under which its process is started. */
export const attacks = {
  largeSearches,
  largeWrites,
  manyFaults,
  expensiveQuestions,
  abandonedQuestions,
  idleConnections,
  slowExports,
  manyStreams,
  hastyStreams,
  pausedReplays,
  pipelinedRequests,
  smallChunks,
}

/** The name of an attack. */
export type AttackName = keyof typeof attacks
