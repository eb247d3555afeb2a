import { aNoun } from '../wording.ts'
import { inputSchema } from './body-schemas.ts'
import type { Operation } from './operation.ts'
import { changeReason, getAuthorship } from './writing/authorship.ts'
import { insertDocument } from './writing/documents.ts'
import { explainRefusal } from './writing/explain.ts'
import { idempotencyKey, runOnce } from './writing/idempotency.ts'
import { creationProblems } from './writing/problems.ts'
import { createdContract, createdResponse } from './writing/responses.ts'
import { checkDocument } from './writing/validation.ts'

/** `POST /v1/{resource}`: creates a record with the items of its lists in one transaction. */
export const create: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `create${resource.singular}`,
    summary: `Create ${aNoun(resource.noun)}`,
    description: 'Writes the record and the items of its arrays in one transaction.',
    details: 'The record must not have the properties that the registry sets.',
    path: '',
    scope: 'collection',
    access: 'write',
    query: {},
    headers: [changeReason, idempotencyKey],
    body: {
      mediaTypes: ['application/json'],
      schema: () => inputSchema(resource),
    },
    responses: { 201: createdContract(resource) },
    problems: creationProblems,
  }),

  async handle(resource, request, { database }) {
    const authorship = getAuthorship(request)
    const document = checkDocument(resource, request.body)
    try {
      return await runOnce(database, request, async (tx) => {
        const record = await insertDocument(tx, resource, document, { kind: 'create', authorship })
        return createdResponse(resource, record)
      })
    } catch (error) {
      throw await explainRefusal(database, resource, error, { document })
    }
  },
}
