import { z } from 'zod'
import { lazyFor } from '../model/lazy.ts'
import { getValues } from '../model/query-string.ts'
import { exampleRecord, type Resource, recordSchema } from '../model/resource.ts'
import { registerResponseSchema } from '../model/schema-names.ts'
import { Problem } from '../problems/problem.ts'
import { revisionJson, revisionStatement } from '../query/revisions.ts'
import { aNoun } from '../wording.ts'
import { ifNoneMatch, taggedResponse } from './entity-tags.ts'
import type { Operation } from './operation.ts'
import { readResponses } from './response-schemas.ts'
import { recordChange, revisionExample, versionParameter } from './revision-schema.ts'

/** Schema of a revision with its document. */
const revisionSchema = lazyFor((resource: Resource) =>
  registerResponseSchema(
    `${resource.singular}Revision`,
    z.intersection(recordChange, z.strictObject({ document: recordSchema(resource) })).meta({
      description: 'A version of the record.',
      examples: [{ ...revisionExample, document: exampleRecord(resource) }],
    }),
  ),
)

/** `GET /v1/{resource}/{key}/history/{version}`: one version of a record. */
export const revision: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}Revision`,
    summary: `Read one version of ${aNoun(resource.noun)}`,
    description: 'Even of a removed record.',
    details: 'The version of a removal has the content that was removed.',
    path: '/history/{version}',
    scope: 'record',
    access: 'read',
    pathParameters: { version: versionParameter },
    query: {},
    headers: [ifNoneMatch],
    responses: readResponses('The revision, with the record in `document`.', () => revisionSchema(resource)),
    problems: ['not-found'],
  }),

  async handle(resource, { key, pathParameters }, { database }) {
    const version = Number(getValues(pathParameters, 'version')[0])
    const [row] = await database.read<{ entry: Record<string, unknown>; document: string }>(
      revisionStatement(resource, key, version),
    )
    if (!row) {
      const detail = `The history has no version ${version} of the ${resource.noun} ${key}.`
      throw new Problem('not-found', detail)
    }
    return taggedResponse(revisionJson(resource, JSON.stringify(row.entry), row.document))
  },
}
