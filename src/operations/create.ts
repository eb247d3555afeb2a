import { z } from 'zod'
import { singleReads } from '../database/database.ts'
import { type Resource, recordSchema } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { aNoun } from '../problems/suggest.ts'
import { etagHeader, versionTag } from './entity-tags.ts'
import type { ApiRequest, ApiResponse, Context, Operation } from './operation.ts'
import { locationHeader } from './response-schemas.ts'
import { type Change, insertDocuments } from './writing/documents.ts'
import { explainRefusal } from './writing/explain.ts'
import { idempotencyKey, idempotencyProblems, replayedHeaders, runOnce } from './writing/idempotency.ts'
import { checkNdjson, explainNdjsonRefusal, maxNdjsonBytes, maxNdjsonLines } from './writing/ndjson.ts'
import { changeReason, getAuthorship } from './writing/revisions.ts'
import { checkDocument } from './writing/validation.ts'

const ndjson = 'application/x-ndjson'

/** Creates all records of an NDJSON body, or none. */
async function createNdjson(
  resource: Resource,
  request: ApiRequest,
  { database }: Context,
): Promise<ApiResponse> {
  const lines = z.array(z.unknown()).parse(request.body)
  if (lines.length > maxNdjsonLines) {
    throw new Problem('too-large', `The body has ${lines.length} lines; the limit is ${maxNdjsonLines}.`)
  }
  const authorship = getAuthorship(request)
  const documents = await checkNdjson(resource, lines)
  try {
    return await runOnce(database, request, async (transaction) => {
      const stored = await insertDocuments(transaction, resource, documents, { kind: 'create', authorship })
      const body = stored.map(({ key }) => `${JSON.stringify({ [resource.key.property]: key })}\n`).join('')
      return { status: 201, headers: {}, type: ndjson, body }
    })
  } catch (error) {
    throw await explainNdjsonRefusal(error, database, resource, documents)
  }
}

/** `POST /v1/{resource}`: creates a record with its lists in one transaction, or all records of an NDJSON body. */
export const create: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `create${resource.singular}`,
    summary: `Create ${aNoun(resource.noun)}`,
    description: `Atomic. With \`${ndjson}\`, up to ${maxNdjsonLines} records are created in one transaction, one per line, in the form of an export: they keep their keys and may refer to one another in any order; version and timestamps start anew.`,
    path: '',
    of: 'all',
    access: 'write',
    query: {},
    headers: [changeReason, idempotencyKey],
    body: {
      mediaTypes: ['application/json'],
      schema: () => resource.document,
      example: resource.example,
      lines: {
        mediaType: ndjson,
        schema: () =>
          z
            .string()
            .max(maxNdjsonBytes)
            .meta({ description: `A line of JSON for each ${resource.noun}.` }),
        example: `${JSON.stringify(resource.example)}\n`,
      },
    },
    answers: {
      201: {
        description: `The new ${resource.noun}; for NDJSON, the keys of all new records.`,
        schema: () => recordSchema(resource),
        others: [
          {
            mediaType: ndjson,
            schema: () =>
              z
                .string()
                .meta({ description: 'One line with the key of each record, in the order of the body.' }),
          },
        ],
        headers: { etag: etagHeader, location: locationHeader, ...replayedHeaders },
      },
    },
    problems: [
      'malformed-request',
      'invalid-parameter',
      'unauthorized',
      'not-acceptable',
      'conflict',
      'too-large',
      'unsupported-media-type',
      'invalid-body',
      ...idempotencyProblems,
    ],
  }),

  async handle(resource, request, context) {
    if (request.bodyType === ndjson) return createNdjson(resource, request, context)
    const { database } = context
    const authorship = getAuthorship(request)
    const document = checkDocument(resource, request.body)
    try {
      return await runOnce(database, request, async (transaction) => {
        const change: Change = { kind: 'create', authorship }
        const [record] = await insertDocuments(transaction, resource, [document], change)
        if (!record) throw new Problem('internal', 'A record was not written.')
        const headers = { etag: versionTag(record.version), location: `/v1/${resource.name}/${record.key}` }
        return { status: 201, headers, body: record.document }
      })
    } catch (error) {
      throw await explainRefusal(error, singleReads(database), resource, document)
    }
  },
}
