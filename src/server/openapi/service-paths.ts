import { type ProblemType, problemTypes } from '../../problems/types.ts'
import { problemResponse } from './problem-schema.ts'

/** The states of read replicas (`Replicas.getState`). */
const replicas = {
  type: 'array',
  items: { type: 'string', enum: ['current', 'behind', 'primary', 'away'] },
  description:
    'The state of each server of `READ_DATABASE_URLS`, in this order: `primary` is the primary now, `away` cannot be used. Absent without replicas.',
}

const statusResponse = (description: string, words: string[], more: Record<string, unknown> = {}) => ({
  description,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['status'],
        additionalProperties: false,
        properties: { status: { type: 'string', enum: words }, ...more },
      },
      example: { status: 'ok' },
    },
  },
})

const problem = (type: ProblemType) => ({ [problemTypes[type].status]: problemResponse([type]) })

/** The problems that every operation may return. */
const anyProblem = { $ref: '#/components/responses/Failure' }

const servicePath = (
  operationId: string,
  summary: string,
  description: string,
  responses: Record<string, unknown>,
  security: object[] = [],
) => ({
  get: { operationId, tags: ['service'], summary, description, security, responses },
})

/** The paths of health checks and metrics in the OpenAPI document. */
export const servicePaths = {
  '/healthz': servicePath('getHealth', 'Check liveness', 'Succeeds while the process responds.', {
    200: statusResponse('Alive.', ['ok']),
    ...problem('method-not-allowed'),
    default: anyProblem,
  }),
  '/readyz': servicePath(
    'getReadiness',
    'Check readiness',
    'Returns `ok` if the database is reachable and migrated, `read_only` if it accepts reads but no changes, and 503 otherwise or while the process shuts down.',
    {
      200: statusResponse('Ready.', ['ok', 'read_only'], { replicas }),
      ...problem('method-not-allowed'),
      ...problem('unavailable'),
      default: anyProblem,
    },
  ),
  '/metrics': servicePath(
    'getMetrics',
    'Read metrics',
    'Counts and times for Prometheus. `METRICS` sets who may read them: anyone, clients with a key or token, or nobody.',
    {
      200: {
        description: 'The metrics, in the text format of Prometheus.',
        content: {
          'text/plain': { schema: { type: 'string' }, example: 'entente_http_requests_in_flight 1\n' },
        },
      },
      ...problem('not-found'),
      default: anyProblem,
    },
    [{}, { auth: [] }],
  ),
}
