import { etagHeader } from '../../operations/entity-tags.ts'
import { contentLanguage } from '../../operations/language.ts'
import type { Contract, Endpoint, HeaderContract, ResponseContract } from '../../operations/operation.ts'
import { linkHeader } from '../../operations/page.ts'
import { replayedHeaders } from '../../operations/writing/idempotency.ts'
import { type ProblemType, problemTypes } from '../../problems/types.ts'
import { problemResponse } from './problem-schema.ts'
import type { JsonSchema, Schemas } from './schemas.ts'
import { pascalCase, type SharedParts, shareParts } from './shared-parts.ts'

/** The problems that every operation may return. Together they are the response `default`. */
export const commonProblems: readonly ProblemType[] = [
  'malformed-request',
  'invalid-parameter',
  'unauthorized',
  'forbidden',
  'timeout',
  'not-acceptable',
  'too-large',
  'unsupported-media-type',
  'precondition-required',
  'uri-too-long',
  'expectation-failed',
  'rate-limited',
  'too-many-waiting',
  'internal',
  'overloaded',
  'too-slow',
  'unavailable',
  'outcome-unknown',
]

const headerObject = ({ description, example }: HeaderContract) => ({
  description,
  schema: { type: 'string' },
  example,
})

/** Headers that the introduction of the document, or the description of a request header, explains once. */
const explainedOnce: readonly HeaderContract[] = [
  etagHeader,
  linkHeader,
  contentLanguage,
  ...Object.values(replayedHeaders),
]

/** The headers of a response that the operation explains. */
const headersOf = ({ headers }: ResponseContract) =>
  Object.entries(headers)
    .filter(([, header]) => !explainedOnce.includes(header))
    .map(([name, header]): [string, object] => [name, headerObject(header)])

/** Finds the headers that several operations have in common. */
export const shareHeaders = (endpoints: Endpoint[]): SharedParts =>
  shareParts(
    'headers',
    endpoints.flatMap(({ tag, contract }) =>
      Object.values(contract.responses).flatMap((response) =>
        headersOf(response).map(([name, part]) => ({
          operationId: contract.operationId,
          owner: tag,
          name: pascalCase(name),
          part,
        })),
      ),
    ),
  )

/** A successful response. */
function successResponse(
  response: ResponseContract,
  contract: Contract,
  schemas: Schemas,
  shared: SharedParts,
) {
  const { description, schema } = response
  const headers = headersOf(response)
  const { mediaType = 'application/json' } = contract
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map(([name, header]) => [name, shared.of(header)])),
    }),
    ...(schema && { content: { [mediaType]: { schema: schemas.of(schema(), 'output') } } }),
  }
}

/** The problems of an operation by their statuses, and as `default` those that every operation may return. */
function problemResponses({ problems }: Contract): Record<string, JsonSchema> {
  const special = problems.filter((type) => !commonProblems.includes(type))
  // Linters want a client error beside `default`.
  const hasClientError = special.some((type) => problemTypes[type].status < 500)
  const own = hasClientError ? special : [...problems.slice(0, 1), ...special]
  const statuses = new Set(own.map((type) => problemTypes[type].status))
  const possible = [...own, ...commonProblems]
  const ofStatuses = [...statuses].map((status): [string, JsonSchema] => [
    String(status),
    problemResponse(possible.filter((type) => problemTypes[type].status === status)),
  ])
  return { ...Object.fromEntries(ofStatuses), default: problemResponse(commonProblems) }
}

/** Returns all responses of an operation by their statuses. */
export const responsesOf = (
  contract: Contract,
  schemas: Schemas,
  headers: SharedParts,
): Record<string, JsonSchema> => ({
  ...Object.fromEntries(
    Object.entries(contract.responses).map(([status, response]) => [
      status,
      successResponse(response, contract, schemas, headers),
    ]),
  ),
  ...problemResponses(contract),
})
