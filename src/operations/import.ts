import { z } from 'zod'
import { nameOutput } from '../model/schema-names.ts'
import { Problem } from '../problems/problem.ts'
import { exampleKey } from './bulk/request.ts'
import { anyFile, type Operation } from './operation.ts'
import { memoizeByResource } from './response-schemas.ts'
import { insertDocuments } from './writing/documents.ts'
import { idempotencyKey, replayedHeaders, runOnce } from './writing/idempotency.ts'
import { checkNdjson, explainNdjsonRefusal, maxNdjsonBytes, maxNdjsonLines } from './writing/ndjson.ts'
import { creationProblems } from './writing/problems.ts'
import { changeReason, getAuthorship } from './writing/revisions.ts'

const importedSchema = memoizeByResource((resource) => {
  const { property, schema } = resource.key
  return nameOutput(
    `${resource.singular}Import`,
    z.strictObject({ data: z.array(z.strictObject({ [property]: schema })) }).meta({
      description: 'The keys of the new records, in the order of the lines.',
      examples: [{ data: [{ [property]: exampleKey(resource) }] }],
    }),
  )
})

/** `POST /v1/{resource}/import`: creates all records of an NDJSON body in one transaction, or none. */
export const importRecords: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `import${resource.plural}`,
    summary: `Create many ${resource.name.replaceAll('-', ' ')} from NDJSON`,
    description: `Creates up to ${maxNdjsonLines} records in one transaction: all of them or none. Each line is a record, in the form of an export: records keep their keys and may refer to one another in any order; version and timestamps start anew. Faults point to the line: \`/2/title\` is in the second.`,
    path: '/import',
    of: 'all',
    access: 'write',
    query: {},
    headers: [changeReason, idempotencyKey],
    body: {
      mediaTypes: [anyFile, 'application/x-ndjson'],
      maxBytes: maxNdjsonBytes,
      schema: () =>
        z
          .string()
          .max(maxNdjsonBytes)
          .meta({ format: 'binary', description: `NDJSON: a line of JSON for each ${resource.noun}.` }),
      example: `${JSON.stringify(resource.example)}\n`,
    },
    answers: {
      201: {
        description: 'The keys of the new records.',
        schema: () => importedSchema(resource),
        headers: replayedHeaders,
      },
    },
    problems: [...creationProblems],
  }),

  async handle(resource, request, { database }) {
    const lines = z.array(z.unknown()).parse(request.body)
    if (lines.length > maxNdjsonLines) {
      throw new Problem('too-large', `The body has ${lines.length} lines; the limit is ${maxNdjsonLines}.`)
    }
    const authorship = getAuthorship(request)
    const documents = await checkNdjson(resource, lines)
    try {
      return await runOnce(database, request, async (transaction) => {
        const stored = await insertDocuments(transaction, resource, documents, { kind: 'create', authorship })
        const data = stored.map(({ key }) => ({ [resource.key.property]: key }))
        return { status: 201, headers: {}, body: JSON.stringify({ data }) }
      })
    } catch (error) {
      throw await explainNdjsonRefusal(error, database, resource, documents)
    }
  },
}
