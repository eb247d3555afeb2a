import { z } from 'zod'
import { pluralNoun } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { Problem } from '../problems/problem.ts'
import { fileMediaType, type Operation } from './operation.ts'
import { memoizeByKey } from './response-schemas.ts'
import { changeReason, getAuthorship } from './writing/authorship.ts'
import { insertDocuments } from './writing/documents.ts'
import { idempotencyKey, replayedHeaders, runOnce } from './writing/idempotency.ts'
import { checkNdjson, explainNdjsonRefusal, maxNdjsonBytes, maxNdjsonLines } from './writing/ndjson.ts'
import { creationProblems } from './writing/problems.ts'

const importedSchema = memoizeByKey((schemaName, { property, schema }, example) =>
  registerResponseSchema(
    schemaName('Imported'),
    z.strictObject({ data: z.array(z.strictObject({ [property]: schema })) }).meta({
      description: 'The keys of the new records, in the order of the lines.',
      examples: [{ data: [{ [property]: example }] }],
    }),
  ),
)

/** `POST /v1/{resource}/import`: creates all records of an NDJSON body in one transaction, or none. */
export const importNdjson: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `import${resource.plural}`,
    summary: `Create many ${pluralNoun(resource)} from NDJSON`,
    description: 'All of them or none.',
    details: `Creates up to ${maxNdjsonLines} records in one transaction. Each line is a record, in the form of an export, and keeps its key; version and timestamps are new. An error at \`/2/title\` is in line 2.`,
    path: '/import',
    scope: 'collection',
    access: 'write',
    query: {},
    headers: [changeReason, idempotencyKey],
    body: {
      mediaTypes: [fileMediaType, 'application/x-ndjson'],
      maxBytes: maxNdjsonBytes,
      schema: () =>
        z
          .string()
          .max(maxNdjsonBytes)
          .meta({ format: 'binary', description: 'NDJSON: a line of JSON for each record.' }),
    },
    responses: {
      201: {
        description: 'The keys of the new records.',
        schema: () => importedSchema(resource),
        headers: replayedHeaders,
      },
    },
    problems: creationProblems,
  }),

  async handle(resource, request, { database }) {
    // The NDJSON parser always returns a list, and a body of another type was refused with 415 before. So without a list, the
    // request has no body.
    const { data: lines } = z.array(z.unknown()).safeParse(request.body)
    if (!lines) throw new Problem('malformed-request', 'The body is empty where NDJSON is expected.')
    if (lines.length > maxNdjsonLines) {
      throw new Problem('too-large', `The body has ${lines.length} lines; the limit is ${maxNdjsonLines}.`)
    }
    const authorship = getAuthorship(request)
    const documents = await checkNdjson(resource, lines)
    try {
      return await runOnce(database, request, async (tx) => {
        const stored = await insertDocuments(tx, resource, documents, { kind: 'create', authorship })
        const data = stored.map(({ key }) => ({ [resource.key.property]: key }))
        return { status: 201, headers: {}, body: JSON.stringify({ data }) }
      })
    } catch (error) {
      throw await explainNdjsonRefusal(database, resource, error, documents)
    }
  },
}
