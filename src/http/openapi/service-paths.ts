import { type ProblemType, problemTypes } from '../../problems/types.ts'
import { problemAnswer } from './problem-schema.ts'

const ok = {
  description: 'It is.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['status'],
        additionalProperties: false,
        properties: { status: { type: 'string', enum: ['ok'] } },
      },
      example: { status: 'ok' },
    },
  },
}

const problem = (type: ProblemType) => ({ [problemTypes[type].status]: problemAnswer([type]) })

const check = (
  operationId: string,
  summary: string,
  description: string,
  answers: Record<string, unknown>,
) => ({
  get: { operationId, tags: ['service'], summary, description, security: [], responses: answers },
})

/** The service's own paths in the OpenAPI document. */
export const servicePaths = {
  '/healthz': check('getHealth', 'Is the process alive?', 'Answers as long as the process does.', {
    200: ok,
    ...problem('method-not-allowed'),
    ...problem('uri-too-long'),
  }),
  '/readyz': check(
    'getReadiness',
    'Can it answer?',
    'Answers ok when the database is reachable and migrated.',
    {
      200: ok,
      ...problem('method-not-allowed'),
      ...problem('uri-too-long'),
      ...problem('unavailable'),
    },
  ),
}
