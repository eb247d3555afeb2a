import { autocommitReads } from '../database/database.ts'
import { recordSchema } from '../model/resource.ts'
import { aNoun } from '../problems/suggest.ts'
import { inputSchema } from './bodies.ts'
import { etagHeader, versionTag } from './entity-tags.ts'
import type { Operation } from './operation.ts'
import { locationHeader } from './response-schemas.ts'
import { type Change, insertDocument } from './writing/documents.ts'
import { explainRefusal } from './writing/explain.ts'
import { idempotencyKey, replayedHeaders, runOnce } from './writing/idempotency.ts'
import { creationProblems } from './writing/problems.ts'
import { changeReason, getAuthorship } from './writing/revisions.ts'
import { checkDocument } from './writing/validation.ts'

/** `POST /v1/{resource}`: creates a record with its lists in one transaction. */
export const create: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `create${resource.singular}`,
    summary: `Create ${aNoun(resource.noun)}`,
    description: 'With its lists, in one transaction.',
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
    responses: {
      201: {
        description: 'The record that now exists.',
        schema: () => recordSchema(resource),
        headers: { etag: etagHeader, location: locationHeader, ...replayedHeaders },
      },
    },
    problems: [...creationProblems],
  }),

  async handle(resource, request, { database }) {
    const authorship = getAuthorship(request)
    const document = checkDocument(resource, request.body)
    try {
      return await runOnce(database, request, async (tx) => {
        const change: Change = { kind: 'create', authorship }
        const record = await insertDocument(tx, resource, document, change)
        const headers = { etag: versionTag(record.version), location: `/v1/${resource.name}/${record.key}` }
        return { status: 201, headers, body: record.document }
      })
    } catch (error) {
      throw await explainRefusal(error, autocommitReads(database), resource, document)
    }
  },
}
