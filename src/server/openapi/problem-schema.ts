import { faultLimits } from '../../problems/problem.ts'
import { type ProblemType, problemTypes } from '../../problems/types.ts'

const text = (description: string) => ({ type: 'string', description })

/** The schema of problem details (RFC 9457), as a component. */
export const problemSchema = {
  Problem: {
    type: 'object',
    description: 'Why the request failed, as RFC 9457 problem details.',
    required: ['type', 'title', 'status', 'detail', 'instance'],
    additionalProperties: false,
    properties: {
      type: {
        type: 'string',
        format: 'uri-reference',
        description: 'The kind of problem, and the page that explains it.',
        enum: Object.keys(problemTypes).map((type) => `/problems/${type}`),
      },
      title: text('The kind of problem in words.'),
      status: { type: 'integer', description: 'HTTP status.' },
      detail: text('What is wrong in this request.'),
      instance: text('URI of the request.'),
      errors: {
        type: 'array',
        description: 'The errors, or the first of them.',
        maxItems: faultLimits.faults,
        items: {
          type: 'object',
          required: ['code', 'message'],
          additionalProperties: false,
          properties: {
            pointer: text('JSON pointer (RFC 6901) into the request body. Empty for the whole body.'),
            parameter: text('Name of a path or query parameter.'),
            header: text('Name of a request header.'),
            code: text('Machine-readable code, such as `unknown`.'),
            limit: {
              type: 'number',
              description: 'The violated limit of the value, its length or its number of entries.',
            },
            message: text('What is wrong and how to fix it.'),
          },
        },
      },
      moreErrors: {
        type: 'integer',
        minimum: 1,
        description: 'Number of errors not in `errors`.',
      },
    },
    examples: [
      {
        type: '/problems/invalid-parameter',
        title: problemTypes['invalid-parameter'].title,
        status: 400,
        detail: 'Invalid parameters: "stauts".',
        instance: '/v1/agreements?stauts=signed',
        errors: [
          {
            parameter: 'stauts',
            code: 'unknown',
            message: 'there is no parameter "stauts" here; did you mean "status"?',
          },
        ],
      },
    ],
  },
}

/** Header components: `Retry-After`, for problems that are temporary. */
export const problemHeaders = {
  RetryAfter: {
    description:
      'With 429, 503 and `idempotency-key-in-use`: seconds after which the request can be repeated.',
    schema: { type: 'integer', minimum: 1 },
    example: 5,
  },
}

/** Whether a problem is temporary, so that its response has `Retry-After`. */
const isTemporary = (type: ProblemType): boolean =>
  type === 'idempotency-key-in-use' || [429, 503].includes(problemTypes[type].status)

/**
 * Returns one OpenAPI response for several problems: those of one status or, as `default`, those that every operation may
 * return.
 */
export const problemResponse = (types: readonly ProblemType[]) => ({
  description: types.map((type) => `${problemTypes[type].title} (\`/problems/${type}\`).`).join(' '),
  ...(types.some(isTemporary) && {
    headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
  }),
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})
