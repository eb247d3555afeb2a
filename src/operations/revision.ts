import { z } from 'zod'
import { valuesOf } from '../model/parameters.ts'
import { recordSchema } from '../model/resource.ts'
import { nameOutput } from '../model/schema-names.ts'
import { Problem } from '../problems/problem.ts'
import { aNoun } from '../problems/suggest.ts'
import { revisionStatement } from '../query/revisions.ts'
import { memo, notModified } from './answers.ts'
import { entryExample, entryShape, versionSegment } from './entries.ts'
import type { Operation } from './operation.ts'
import { etagHeader, ifNoneMatch, taggedAnswer } from './tags.ts'

/** Schema of a version of a record, with the record as it was. */
const revisionOf = memo((resource) => {
  const record = recordSchema(resource)
  const [example] = z.array(z.unknown()).parse(record.meta()?.examples)
  return nameOutput(
    `${resource.singular}Revision`,
    z.strictObject({ ...entryShape, document: record }).meta({
      description: `A version of the ${resource.noun}, and the ${resource.noun} as it was.`,
      examples: [{ ...entryExample, document: example }],
    }),
  )
})

/** `GET /v1/{resource}/{key}/history/{version}`: a record as it was. */
export const revision: Operation = {
  method: 'GET',

  contract: (resource) => ({
    operationId: `get${resource.singular}Revision`,
    summary: `Read one version of ${aNoun(resource.noun)}`,
    description: `The ${resource.noun} as it was answered then, also when it has been removed. Of a removal, it is what was removed.`,
    path: '/history/{version}',
    of: 'one',
    access: 'read',
    segments: { version: versionSegment },
    query: {},
    headers: [ifNoneMatch],
    answers: {
      200: {
        description: `The ${resource.noun} as it was.`,
        schema: () => revisionOf(resource),
        headers: { etag: etagHeader },
      },
      304: notModified,
    },
    problems: ['malformed-request', 'invalid-parameter', 'not-found', 'not-acceptable'],
  }),

  async handle(resource, { key, segments }, { database }) {
    const version = Number(valuesOf(segments, 'version')[0])
    const rows = await database.read<{ entry: Record<string, unknown>; document: string }>(
      revisionStatement(resource, key, version),
    )
    const [row] = rows
    if (!row) {
      const detail = `The history has no version ${version} of ${aNoun(resource.noun)} ${key}.`
      throw new Problem('not-found', detail)
    }
    // The record's own text is passed on as it was.
    const body = `${JSON.stringify(row.entry).slice(0, -1)},"document":${row.document}}`
    return taggedAnswer(body)
  },
}
