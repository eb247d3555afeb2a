import { isDeepStrictEqual } from 'node:util'
import type { Database, Transaction } from '../../database/database.ts'
import { singleReads } from '../../database/database.ts'
import type { ChangeKind } from '../../query/revisions.ts'
import { type Resource, recordOf } from '../../resources/resource.ts'
import type { ApiRequest, ApiResponse, OperationContract } from '../operation.ts'
import { noSuch } from '../read.ts'
import type { Stored } from '../records.ts'
import { type Expected, etagHeader, expectedVersions, ifMatch, requireVersion, versionTag } from '../tags.ts'
import { type Document, documentOf, loadRecord, lockRecord, updateDocument } from './documents.ts'
import { explainRefusal } from './explain.ts'
import { idempotencyKey, once, replayedHeader } from './idempotency.ts'
import { documentProblems } from './problems.ts'
import { authorshipOf, changeReason, recordRevision } from './revisions.ts'
import { checkDocument, requireObject, requireSameKey, withoutManaged } from './validation.ts'

/** The new document of a record from what it is now and what was sent; not yet checked. */
export type Edit = (current: Document, body: Document) => unknown

/**
 * A record under a lock that holds until the transaction ends.
 * @throws Problem when there is none, or it is at another version than expected.
 */
async function lockedRecord(
  transaction: Transaction,
  resource: Resource,
  key: string,
  expected: Expected,
): Promise<Stored> {
  const version = await lockRecord(transaction, resource, key)
  const stored = version === undefined ? undefined : await loadRecord(transaction, resource, key)
  if (!stored) throw noSuch(resource, key)
  requireVersion(expected, stored.version, resource.noun)
  return stored
}

/**
 * Changes a record under its lock: finds what it is to become, checks that like a new one, and writes what differs.
 * A change that changes nothing leaves the version as it is.
 * @throws Problem for every reason not to; nothing is written then.
 */
export async function changeRecord(
  database: Database,
  resource: Resource,
  request: ApiRequest,
  kind: ChangeKind,
  edit: Edit,
): Promise<ApiResponse> {
  const expected = expectedVersions(request.headers['if-match'])
  const authorship = authorshipOf(request)
  const body = requireObject(resource.noun, request.body)
  let document: Document = {}
  try {
    return await once(database, request, async (transaction) => {
      let stored = await lockedRecord(transaction, resource, request.key, expected)
      const record: Document = JSON.parse(stored.document)
      const current = documentOf(resource, record)
      document = checkDocument(resource, edit(current, withoutManaged(resource, body, record)))
      requireSameKey(resource, request.key, document)
      if (!isDeepStrictEqual(document, current)) {
        await updateDocument(transaction, resource, request.key, current, document)
        stored = await recordRevision(transaction, resource, request.key, kind, authorship)
      }
      return { status: 200, headers: { etag: versionTag(stored.version) }, body: stored.document }
    })
  } catch (error) {
    throw await explainRefusal(error, singleReads(database), resource, document, { key: request.key })
  }
}

/** What the contracts of all changes of a record have in common. */
export const changeContract = (
  resource: Resource,
): Pick<OperationContract, 'path' | 'access' | 'query' | 'headers' | 'answers' | 'problems'> => ({
  path: 'record',
  access: 'write',
  query: {},
  headers: [ifMatch, changeReason, idempotencyKey],
  answers: {
    200: {
      description: `The ${resource.noun} as it is now.`,
      schema: () => recordOf(resource),
      headers: { etag: etagHeader, ...replayedHeader },
    },
  },
  problems: [...documentProblems],
})
