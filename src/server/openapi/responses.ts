import { etagHeader } from '../../operations/entity-tags.ts'
import { contentLanguage } from '../../operations/language.ts'
import type { Contract, Endpoint, HeaderContract, ResponseContract } from '../../operations/operation.ts'
import { linkHeader } from '../../operations/page.ts'
import { replayedHeaders } from '../../operations/writing/idempotency.ts'
import { commonProblems, type ProblemType, problemTypes } from '../../problems/types.ts'
import { problemResponse } from './problem-schema.ts'
import type { JsonSchema, Schemas } from './schemas.ts'
import { pascalCase, type SharedParts, shareParts } from './shared-parts.ts'

const headerObject = ({ description, example }: HeaderContract) => ({
  description,
  schema: { type: 'string' },
  example,
})

/** Headers that are described only in the introduction of the document or with a request header. */
const explainedOnce: readonly HeaderContract[] = [
  etagHeader,
  linkHeader,
  contentLanguage,
  ...Object.values(replayedHeaders),
]

/** Returns the headers of a response that are described with the operation. */
const listHeaders = ({ headers }: ResponseContract) =>
  Object.entries(headers)
    .filter(([, header]) => !explainedOnce.includes(header))
    .map(([name, header]): [string, object] => [name, headerObject(header)])

/** Finds the headers that several operations share. */
export const shareHeaders = (endpoints: readonly Endpoint[]): SharedParts =>
  shareParts(
    'headers',
    endpoints.flatMap(({ tag, contract }) =>
      Object.values(contract.responses).flatMap((response) =>
        listHeaders(response).map(([name, part]) => ({
          operationId: contract.operationId,
          subject: tag,
          name: pascalCase(name),
          part,
        })),
      ),
    ),
  )

/** Returns the response object of a successful response. */
function successResponse(
  response: ResponseContract,
  contract: Contract,
  schemas: Schemas,
  shared: SharedParts,
) {
  const { description, schema } = response
  const headers = listHeaders(response)
  const { mediaType = 'application/json' } = contract
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map(([name, header]) => [name, shared.toReference(header)])),
    }),
    ...(schema && { content: { [mediaType]: { schema: schemas.toJson(schema(), 'output') } } }),
  }
}

/** Returns the problems of an operation by status, and as `default` the problems that every operation may return. */
function problemResponses({ problems = [] }: Contract): Record<string, JsonSchema> {
  // Linters require a client error in addition to `default`.
  const hasClientError = problems.some((type) => problemTypes[type].status < 500)
  const listed: readonly ProblemType[] = hasClientError ? problems : ['malformed-request', ...problems]
  const statuses = new Set(listed.map((type) => problemTypes[type].status))
  const possible = [...new Set([...listed, ...commonProblems])]
  const byStatus = [...statuses].map((status): [string, JsonSchema] => [
    String(status),
    problemResponse(possible.filter((type) => problemTypes[type].status === status)),
  ])
  return { ...Object.fromEntries(byStatus), default: problemResponse(commonProblems) }
}

/** Returns all responses of an operation by status. */
export const describeResponses = (
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
