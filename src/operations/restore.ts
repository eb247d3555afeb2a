import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Transaction } from '../database/database.ts'
import { singleReads } from '../database/database.ts'
import { faultMessage, faultsOf, pointerOf } from '../problems/faults.ts'
import { aNoun } from '../problems/suggest.ts'
import { historyStatement, revisionStatement } from '../query/revisions.ts'
import { nameInput } from '../resources/components.ts'
import { type Resource, recordOf } from '../resources/resource.ts'
import { locationHeader } from './answers.ts'
import { mostVersions } from './entries.ts'
import type { ApiRequest, Operation } from './operation.ts'
import { noSuch } from './read.ts'
import { etagHeader, expectedVersions, ifMatch, requireVersion, versionTag } from './tags.ts'
import {
  type Document,
  documentOf,
  insertDocuments,
  loadRecord,
  lockRecord,
  updateDocument,
} from './writing/documents.ts'
import { explainRefusal } from './writing/explain.ts'
import { idempotencyKey, once, replayedHeader } from './writing/idempotency.ts'
import { documentProblems } from './writing/problems.ts'
import { authorshipOf, changeReason, recordRevision } from './writing/revisions.ts'
import { checkDocument, invalidBody, requireObject } from './writing/validation.ts'

const restoration = nameInput(
  'Restoration',
  z
    .strictObject({
      version: z.int().min(1).max(mostVersions).optional().meta({ description: 'The version to restore.' }),
    })
    .meta({ description: 'Which version of a record is to be restored.', examples: [{ version: 1 }] }),
)

/** The version that a body asks for; undefined where it leaves that open. */
function versionIn({ body }: ApiRequest): number | undefined {
  const given = body === undefined || body === null ? {} : requireObject('request', body)
  const { data, error } = restoration.safeParse(given, { error: faultMessage })
  if (data) return data.version
  throw invalidBody(
    'request',
    faultsOf(error, (path) => ({ pointer: pointerOf(path) })),
  )
}

interface Past {
  entry: { version: number }
  document: string
}

/**
 * A version of a record: the one asked for; or the last one of a record that is gone, and otherwise the one before.
 * @throws Problem `not-found` for a record that never was, `invalid-body` for a version that it never had.
 */
async function pastOf(
  transaction: Transaction,
  resource: Resource,
  key: string,
  version: number | undefined,
  current: number | undefined,
): Promise<Past> {
  const asked =
    version === undefined
      ? historyStatement(resource, key, current, 1)
      : revisionStatement(resource, key, version)
  const [past] = await transaction.query<Past>(asked)
  if (past) return past
  const [newest] = await transaction.query<Past>(historyStatement(resource, key, undefined, 1))
  if (!newest && current === undefined) throw noSuch(resource, key)
  const message =
    version === undefined
      ? 'there is no version before this one'
      : `the history has no version ${version}${newest ? `; its newest is ${newest.entry.version}` : ''}`
  throw invalidBody(resource.noun, [{ pointer: '/version', code: 'unknown_version', message }])
}

/** `POST /v1/{resource}/{key}/restore`: a record becomes what it was. */
export const restore: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `restore${resource.singular}`,
    summary: `Restore ${aNoun(resource.noun)}`,
    description: `The ${resource.noun} becomes what it was in a version, as a new one. Without a version: what was removed comes back as it was, and what is there becomes what it was before its last change. A removed one comes back under its key, and its versions go on.`,
    path: 'restore',
    access: 'write',
    query: {},
    headers: [
      {
        ...ifMatch,
        presence: 'optional',
        description: `${ifMatch.description} Required unless the ${resource.noun} has been removed.`,
      },
      changeReason,
      idempotencyKey,
    ],
    body: {
      mediaTypes: ['application/json'],
      presence: 'optional',
      schema: () => restoration,
      example: { version: 1 },
    },
    answers: {
      200: {
        description: `The ${resource.noun} as it is now.`,
        schema: () => recordOf(resource),
        headers: { etag: etagHeader, ...replayedHeader },
      },
      201: {
        description: `The ${resource.noun}, which had been removed and is back.`,
        schema: () => recordOf(resource),
        headers: { etag: etagHeader, location: locationHeader, ...replayedHeader },
      },
    },
    problems: [...documentProblems],
  }),

  async handle(resource, request, { database }) {
    const { key } = request
    const version = versionIn(request)
    const authorship = authorshipOf(request)
    let document: Document = {}
    let owner: { key?: string } = {}
    try {
      return await once(database, request, async (transaction) => {
        const current = await lockRecord(transaction, resource, key)
        if (current !== undefined)
          requireVersion(expectedVersions(request.headers['if-match']), current, resource.noun)
        const past = await pastOf(transaction, resource, key, version, current)
        const record: Document = JSON.parse(past.document)
        document = checkDocument(resource, documentOf(resource, record))
        if (current === undefined) {
          document = { ...document, [resource.key.property]: key }
          await insertDocuments(transaction, resource, [{ ...document, createdAt: record.createdAt }])
          const { version: now, document: body } = await recordRevision(
            transaction,
            resource,
            key,
            'restore',
            authorship,
          )
          return {
            status: 201,
            headers: { etag: versionTag(now), location: `/v1/${resource.name}/${key}` },
            body,
          }
        }
        owner = { key }
        let stored = await loadRecord(transaction, resource, key)
        if (!stored) throw noSuch(resource, key)
        const present = documentOf(resource, JSON.parse(stored.document))
        if (!isDeepStrictEqual(document, present)) {
          await updateDocument(transaction, resource, key, present, document)
          stored = await recordRevision(transaction, resource, key, 'restore', authorship)
        }
        return { status: 200, headers: { etag: versionTag(stored.version) }, body: stored.document }
      })
    } catch (error) {
      throw await explainRefusal(error, singleReads(database), resource, document, owner)
    }
  },
}
