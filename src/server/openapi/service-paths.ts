import { type ProblemType, problemTypes } from '../../problems/types.ts'
import { problemResponse } from './problem-schema.ts'

const statusResponse = (description: string, words: string[]) => ({
  description,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['status'],
        additionalProperties: false,
        properties: { status: { type: 'string', enum: words } },
      },
      example: { status: 'ok' },
    },
  },
})

const problem = (type: ProblemType) => ({ [problemTypes[type].status]: problemResponse([type]) })

/** The problems that every operation may return. */
const anyProblem = { $ref: '#/components/responses/Failure' }

const check = (
  operationId: string,
  summary: string,
  description: string,
  responses: Record<string, unknown>,
) => ({
  get: { operationId, tags: ['service'], summary, description, security: [], responses },
})

/** The service's own paths in the OpenAPI document. */
export const servicePaths = {
  '/healthz': check('getHealth', 'Is the process alive?', 'Answers as long as the process does.', {
    200: statusResponse('It is.', ['ok']),
    ...problem('method-not-allowed'),
    default: anyProblem,
  }),
  '/readyz': check(
    'getReadiness',
    'Can it answer?',
    'Answers `ok` when the database is reachable and migrated, `read_only` when it takes no changes at the moment but can be read, and 503 also when the process is about to end.',
    {
      200: statusResponse('It can.', ['ok', 'read_only']),
      ...problem('method-not-allowed'),
      ...problem('unavailable'),
      default: anyProblem,
    },
  ),
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      tags: ['service'],
      summary: 'How does it do?',
      description:
        'Counts and times for Prometheus. The service may be set to show them to everybody, to whoever has a key, or to nobody (`METRICS`).',
      security: [{}, { auth: [] }],
      responses: {
        200: {
          description: 'The metrics, in the text format of Prometheus.',
          content: {
            'text/plain': {
              schema: { type: 'string' },
              example: 'entente_http_requests_in_flight 1\n',
            },
          },
        },
        ...problem('not-found'),
        default: anyProblem,
      },
    },
  },
}
