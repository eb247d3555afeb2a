import { z } from 'zod'
import type { Transaction } from '../database/database.ts'
import { singleReads } from '../database/database.ts'
import { type Resource, recordSchema } from '../model/resource.ts'
import { nameInput } from '../model/schema-names.ts'
import { faultMessage, faultsOf, pointerOf } from '../problems/faults.ts'
import { Problem } from '../problems/problem.ts'
import { aNoun } from '../problems/suggest.ts'
import { historyStatement, revisionStatement } from '../query/revisions.ts'
import { locationHeader } from './answers.ts'
import { mostVersions } from './entries.ts'
import type { ApiRequest, Operation } from './operation.ts'
import { noSuch } from './read.ts'
import { etagHeader, expectedVersions, ifMatch, requireVersion, versionTag } from './tags.ts'
import { writeChange } from './writing/change.ts'
import { type Change, type Document, documentOf, insertDocuments } from './writing/documents.ts'
import { explainRefusal } from './writing/explain.ts'
import { idempotencyKey, once, replayedHeader } from './writing/idempotency.ts'
import { lockRecord } from './writing/locks.ts'
import { documentProblems } from './writing/problems.ts'
import { authorshipOf, changeReason } from './writing/revisions.ts'
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
async function findVersion(
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
    path: '/restore',
    of: 'one',
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
        schema: () => recordSchema(resource),
        headers: { etag: etagHeader, ...replayedHeader },
      },
      201: {
        description: `The ${resource.noun}, which had been removed and is back.`,
        schema: () => recordSchema(resource),
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
        const locked = await lockRecord(transaction, resource, key)
        if (locked)
          requireVersion(expectedVersions(request.headers['if-match']), locked.version, resource.noun)
        const past = await findVersion(transaction, resource, key, version, locked?.version)
        const record: Document = JSON.parse(past.document)
        document = checkDocument(resource, documentOf(resource, record))
        const change: Change = { kind: 'restore', authorship }
        if (locked) {
          owner = { key }
          const stored = await writeChange(transaction, resource, locked, document, change)
          return { status: 200, headers: { etag: versionTag(stored.version) }, body: stored.document }
        }
        document = { ...document, [resource.key.property]: key }
        const createdAt = typeof record.createdAt === 'string' ? record.createdAt : undefined
        const [stored] = await insertDocuments(transaction, resource, [document], change, createdAt)
        if (!stored) throw new Problem('internal', 'A record was not written.')
        const headers = { etag: versionTag(stored.version), location: `/v1/${resource.name}/${key}` }
        return { status: 201, headers, body: stored.document }
      })
    } catch (error) {
      throw await explainRefusal(error, singleReads(database), resource, document, owner)
    }
  },
}
