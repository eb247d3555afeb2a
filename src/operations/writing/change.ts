import { isDeepStrictEqual } from 'node:util'
import type { Database, Transaction } from '../../database/database.ts'
import { singleReads } from '../../database/database.ts'
import { type Resource, recordSchema } from '../../model/resource.ts'
import type { ChangeKind } from '../../query/revisions.ts'
import type { ApiRequest, ApiResponse, OperationContract } from '../operation.ts'
import { noSuch } from '../read.ts'
import { type Expected, etagHeader, expectedVersions, ifMatch, requireVersion, versionTag } from '../tags.ts'
import { type Change, type Document, documentOf, type Stored, updateDocuments } from './documents.ts'
import { explainRefusal } from './explain.ts'
import { idempotencyKey, once, replayedHeader } from './idempotency.ts'
import { type Locked, lockRecord } from './locks.ts'
import { documentProblems } from './problems.ts'
import { authorshipOf, changeReason } from './revisions.ts'
import { checkDocument, requireObject, requireSameKey, withoutManaged } from './validation.ts'

/** The new document of a record from what it is now and what was sent; not yet checked. */
export type Edit = (current: Document, body: Document) => unknown

/**
 * Locks a record that a change is meant for.
 * @throws Problem when there is none, or it is at another version than expected.
 */
export async function lockExpected(
  tx: Transaction,
  resource: Resource,
  key: string,
  expected: Expected,
): Promise<Locked> {
  const locked = await lockRecord(tx, resource, key)
  if (!locked) throw noSuch(resource, key)
  requireVersion(expected, locked.version, resource.noun)
  return locked
}

/**
 * Writes what a locked record is to become. A change that changes nothing leaves the version as it is.
 * @returns how the record stands.
 */
export async function writeChange(
  tx: Transaction,
  resource: Resource,
  locked: Locked,
  after: Document,
  change: Change,
): Promise<Stored> {
  const before = documentOf(resource, JSON.parse(locked.document))
  if (isDeepStrictEqual(after, before)) return locked
  const [stored = locked] = await updateDocuments(tx, resource, [{ locked, before, after }], change)
  return stored
}

/**
 * Changes a record under its lock: finds what it is to become, validates that like a new one, and writes what differs.
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
    return await once(database, request, async (tx) => {
      const locked = await lockExpected(tx, resource, request.key, expected)
      const record: Document = JSON.parse(locked.document)
      const current = documentOf(resource, record)
      document = checkDocument(resource, edit(current, withoutManaged(resource, body, record)))
      requireSameKey(resource, request.key, document)
      const stored = await writeChange(tx, resource, locked, document, { kind, authorship })
      return { status: 200, headers: { etag: versionTag(stored.version) }, body: stored.document }
    })
  } catch (error) {
    throw await explainRefusal(error, singleReads(database), resource, document, { key: request.key })
  }
}

/** What the contracts of all changes of a record have in common. */
export const changeContract = (
  resource: Resource,
): Pick<OperationContract, 'path' | 'of' | 'access' | 'query' | 'headers' | 'answers' | 'problems'> => ({
  path: '',
  of: 'one',
  access: 'write',
  query: {},
  headers: [ifMatch, changeReason, idempotencyKey],
  answers: {
    200: {
      description: `The ${resource.noun} as it is now.`,
      schema: () => recordSchema(resource),
      headers: { etag: etagHeader, ...replayedHeader },
    },
  },
  problems: [...documentProblems],
})
