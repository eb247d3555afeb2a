import { largeSearches, largeWrites, manyFaults } from './bodies.ts'
import {
  idleConnections,
  impatientStreams,
  manyStreams,
  pausedReplays,
  pipelinedRequests,
  slowExports,
  smallChunks,
} from './connections.ts'
import { abandonedRequests, expensiveRequests } from './expensive-requests.ts'

/** Every attack by the name under which its process is started. */
export const attacks = {
  largeSearches,
  largeWrites,
  manyFaults,
  expensiveRequests,
  abandonedRequests,
  idleConnections,
  slowExports,
  manyStreams,
  impatientStreams,
  pausedReplays,
  pipelinedRequests,
  smallChunks,
}

/** The name of an attack. */
export type AttackName = keyof typeof attacks
