import { inTransaction } from '../database/client.ts'
import { Problem } from '../problems/problem.ts'
import { recordOf } from '../resources/resource.ts'
import { locationHeader } from './answers.ts'
import type { Operation } from './operation.ts'
import { etagHeader, versionTag } from './tags.ts'
import { insertDocuments, loadRecord } from './writing/documents.ts'
import { explainRefusal } from './writing/explain.ts'
import { checkDocument } from './writing/validation.ts'

/** `POST /v1/{resource}`: a new record, with all that belongs to it, or nothing. */
export const create: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `create${resource.singular}`,
    summary: `Create a ${resource.noun}`,
    description: 'Written whole or not at all.',
    path: 'collection',
    access: 'write',
    query: {},
    headers: [],
    body: { mediaTypes: ['application/json'], schema: () => resource.document, example: resource.example },
    answers: {
      201: {
        description: `The new ${resource.noun}.`,
        schema: () => recordOf(resource),
        headers: { etag: etagHeader, location: locationHeader },
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
    ],
  }),

  async handle(resource, asked, { pool }) {
    const document = checkDocument(resource, asked.body)
    try {
      return await inTransaction(pool, async (transaction) => {
        const [key = ''] = await insertDocuments(transaction, resource, [document])
        const record = await loadRecord(transaction, resource, key)
        if (!record) throw new Problem('internal', 'A record was not there after it had been written.')
        const headers = { etag: versionTag(record.version), location: `/v1/${resource.name}/${key}` }
        return { status: 201, headers, body: record.document }
      })
    } catch (error) {
      throw await explainRefusal(error, pool, resource, document)
    }
  },
}
