import { isDeepStrictEqual } from 'node:util'
import type { DatabaseClient, Transaction } from '../../database/database.ts'
import type { Resource } from '../../model/resource.ts'
import type { ChangeKind } from '../../query/revisions.ts'
import { type ExpectedVersions, ifMatch, parseIfMatch, requireVersion } from '../entity-tags.ts'
import type { ApiRequest, ApiResponse, OperationContract } from '../operation.ts'
import { recordNotFound } from '../read.ts'
import { changeReason, getAuthorship } from './authorship.ts'
import {
  type Change,
  type Document,
  documentOf,
  type StoredRecord,
  type Update,
  updateDocuments,
} from './documents.ts'
import { explainRefusal } from './explain.ts'
import { idempotencyKey, runOnce } from './idempotency.ts'
import { type LockedRecord, lockRecord } from './locks.ts'
import { documentProblems } from './problems.ts'
import { changedContract, changedResponse } from './responses.ts'
import { checkReplacement, requireObject, requireSameKey, withoutManaged } from './validation.ts'

/** Computes the new document of a record from the current document and the body. The result is validated afterwards. */
export type Edit = (current: Document, body: Document) => unknown

/**
 * Locks a record and checks its version.
 * @throws Problem `not-found` or `stale-version`.
 */
export async function lockExpected(
  tx: Transaction,
  resource: Resource,
  key: string,
  expected: ExpectedVersions,
): Promise<LockedRecord> {
  const locked = await lockRecord(tx, resource, key)
  if (!locked) throw recordNotFound(resource, key)
  requireVersion(expected, locked.version, resource.noun)
  return locked
}

/**
 * Writes the new document of a locked record. If the new document equals the current one, nothing is written and the version
 * stays.
 * @returns the stored record.
 * @throws the database error when PostgreSQL refuses the write.
 */
export async function writeChange(
  tx: Transaction,
  resource: Resource,
  update: Update,
  change: Change,
): Promise<StoredRecord> {
  const { locked, before, after } = update
  if (isDeepStrictEqual(after, before)) return locked
  const [stored = locked] = await updateDocuments(tx, resource, [update], change)
  return stored
}

/**
 * Locks a record, applies the edit, validates the result as a replacement (`checkReplacement`) and writes it.
 * @throws Problem, and writes nothing, if a header is missing or invalid, `If-Match` does not match, the record does not exist,
 * or the new document is invalid or refused by PostgreSQL.
 */
export async function changeRecord(
  database: DatabaseClient,
  resource: Resource,
  request: ApiRequest,
  kind: ChangeKind,
  edit: Edit,
): Promise<ApiResponse> {
  const expected = parseIfMatch(request.headers['if-match'])
  const authorship = getAuthorship(request)
  const body = requireObject(resource.noun, request.body)
  let document: Document = {}
  try {
    return await runOnce(database, request, async (tx) => {
      const locked = await lockExpected(tx, resource, request.key, expected)
      const record: Document = JSON.parse(locked.document)
      const before = documentOf(resource, record)
      document = checkReplacement(resource, before, edit(before, withoutManaged(resource, body, record)))
      requireSameKey(resource, request.key, document)
      const update = { locked, before, after: document }
      return changedResponse(await writeChange(tx, resource, update, { kind, authorship }))
    })
  } catch (error) {
    throw await explainRefusal(database, resource, error, { document, key: request.key })
  }
}

/** Returns the properties that the contracts of PUT, PATCH and merges share, with the path of PUT and PATCH. */
export const changeContract = (resource: Resource) =>
  ({
    path: '',
    scope: 'record',
    access: 'write',
    query: {},
    headers: [ifMatch, changeReason, idempotencyKey],
    responses: { 200: changedContract(resource) },
    problems: documentProblems,
  }) satisfies Partial<OperationContract>
