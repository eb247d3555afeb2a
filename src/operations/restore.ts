import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Transaction } from '../database/database.ts'
import { ownProperties, type Resource, withCurrentNames } from '../model/resource.ts'
import { registerRequestSchema } from '../model/schema-names.ts'
import { checkValue } from '../problems/faults.ts'
import { historyStatement, revisionStatement } from '../query/revisions.ts'
import { aNoun } from '../wording.ts'
import { ifMatch, parseIfMatch, requireVersion } from './entity-tags.ts'
import { findMergedInto } from './merged.ts'
import type { ApiRequest, Operation } from './operation.ts'
import { recordNotFound } from './read.ts'
import { maxVersion } from './revision-schema.ts'
import { changeReason, getAuthorship } from './writing/authorship.ts'
import { writeChange } from './writing/change.ts'
import { type Change, type Document, documentOf, insertDocument } from './writing/documents.ts'
import { explainRefusal } from './writing/explain.ts'
import { idempotencyKey, runOnce } from './writing/idempotency.ts'
import { lockRecord } from './writing/locks.ts'
import { documentProblems } from './writing/problems.ts'
import { changedContract, changedResponse, createdContract, createdResponse } from './writing/responses.ts'
import { checkDocument, invalidBody, requireObject } from './writing/validation.ts'

const restoration = registerRequestSchema(
  'Restoration',
  z
    .strictObject({
      version: z.int().min(1).max(maxVersion).optional().meta({ description: 'The version to restore.' }),
    })
    .meta({ description: 'The version of a record to restore.', examples: [{ version: 1 }] }),
)

/** Reads the version from the body; undefined when the body gives none. */
function readVersion({ body }: ApiRequest): number | undefined {
  const given = body === undefined || body === null ? {} : requireObject('request', body)
  const { data, faults } = checkValue(restoration, given)
  if (faults) throw invalidBody('request', faults)
  return data.version
}

interface PastVersion {
  entry: { version: number; mergedInto: string | null }
  document: string
}

/**
 * Finds the version to restore: by default the last one of a removed record, or the one before the current version.
 * @param version the requested version; undefined for the default.
 * @param current the current version of the record; undefined if it has been removed.
 * @throws Problem `not-found` for a record that never existed, `invalid-body` if the history has no such version.
 */
async function findVersion(
  tx: Transaction,
  resource: Resource,
  key: string,
  version: number | undefined,
  current: number | undefined,
): Promise<PastVersion> {
  const statement =
    version === undefined
      ? historyStatement(resource, key, current, 1)
      : revisionStatement(resource, key, version)
  const [past] = await tx.query<PastVersion>(statement)
  if (past) return past
  const [newest] = await tx.query<PastVersion>(historyStatement(resource, key, undefined, 1))
  if (!newest && current === undefined) throw recordNotFound(resource, key)
  const message =
    version === undefined
      ? `the ${resource.noun} has no earlier version`
      : `the history has no version ${version}${newest ? `; its newest is ${newest.entry.version}` : ''}`
  throw invalidBody('request', [{ pointer: '/version', code: 'unknown_version', message }])
}

/**
 * Checks that the resource still has all properties of a past version that have a value.
 * @throws Problem `invalid-body` that names the properties whose values a restoration would lose.
 */
function requireKnownProperties(resource: Resource, version: number, record: Document): void {
  const known = Object.keys(ownProperties(resource))
  const lost = Object.entries(withCurrentNames(resource, record))
    .filter(
      ([property, value]) => !known.includes(property) && value !== null && !isDeepStrictEqual(value, []),
    )
    .map(([property]) => property)
  if (lost.length === 0) return
  const message = `version ${version} has values in properties that ${resource.name} no longer have (${lost.join(', ')}): restore the other properties with PATCH or, if the ${resource.noun} was removed, create a new ${resource.noun} with POST`
  throw invalidBody('request', [{ pointer: '/version', code: 'not_restorable', message }])
}

/** A past version, with its document as it is to be written, and the time when the record was first created. */
interface RestoredVersion {
  past: PastVersion
  document: Document
  createdAt: string | undefined
}

/** Reads the version to restore. @throws what `findVersion` throws; Problem `invalid-body` for a document that is not valid today. */
async function readRestoredVersion(
  tx: Transaction,
  resource: Resource,
  key: string,
  version: number | undefined,
  current: number | undefined,
): Promise<RestoredVersion> {
  const past = await findVersion(tx, resource, key, version, current)
  const record: Document = JSON.parse(past.document)
  requireKnownProperties(resource, past.entry.version, record)
  // The version is also passed as the stored document: its dates may be in a wrong order, such as an end before the start.
  const document = documentOf(resource, record)
  const createdAt = typeof record.createdAt === 'string' ? record.createdAt : undefined
  return { past, document: checkDocument(resource, document, document), createdAt }
}

/**
 * Finds the last version of a removed record.
 * @param past the version to restore. Without a requested version, it is the last one.
 * @throws Problem `not-found` if the record was merged into another one, which has been removed since; `stale-version` if
 * `If-Match` does not have the version of the removal.
 */
async function findLastVersion(
  tx: Transaction,
  resource: Resource,
  key: string,
  { past, isLast, ifMatchHeader }: { past: PastVersion; isLast: boolean; ifMatchHeader: string | undefined },
): Promise<PastVersion> {
  const [last = past] = isLast
    ? [past]
    : await tx.query<PastVersion>(historyStatement(resource, key, undefined, 1))
  if (last.entry.mergedInto !== null) throw recordNotFound(resource, key)
  if (ifMatchHeader !== undefined)
    requireVersion(parseIfMatch(ifMatchHeader), last.entry.version, resource.noun)
  return last
}

/** `POST /v1/{resource}/{key}/restore`: writes an earlier version of a record as a new one. */
export const restore: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `restore${resource.singular}`,
    summary: `Restore ${aNoun(resource.noun)}`,
    description: 'Writes an earlier version as a new one.',
    details:
      'Also for removed records. Without `version`, restores the content before the last change or removal. The key stays, and version numbers continue.',
    path: '/restore',
    scope: 'record',
    access: 'write',
    query: {},
    headers: [
      {
        ...ifMatch,
        isRequired: false,
        description: `${ifMatch.description} Required unless the record has been removed.`,
      },
      changeReason,
      idempotencyKey,
    ],
    body: {
      mediaTypes: ['application/json'],
      isOptional: true,
      schema: () => restoration,
      example: { version: 1 },
    },
    responses: {
      200: changedContract(resource),
      201: createdContract(resource),
    },
    problems: documentProblems,
  }),

  async handle(resource, request, { database }) {
    const { key } = request
    const version = readVersion(request)
    const authorship = getAuthorship(request)
    const ifMatchHeader = request.headers['if-match']
    let document: Document = {}
    let existingKey: string | undefined
    try {
      return await runOnce(database, request, async (tx) => {
        const locked = await lockRecord(tx, resource, key)
        // A merged record is not restored: its citations and references belong to another record now. `withMergedRecords` turns
        // this into 410.
        if (!locked && (await findMergedInto(tx, resource, key)) !== undefined)
          throw recordNotFound(resource, key)
        if (locked) requireVersion(parseIfMatch(ifMatchHeader), locked.version, resource.noun)
        const restored = await readRestoredVersion(tx, resource, key, version, locked?.version)
        const change: Change = { kind: 'restore', authorship }
        existingKey = locked?.key
        if (locked) {
          const before = documentOf(resource, JSON.parse(locked.document))
          // The visibility stays, so that restoring a public version does not publish a record that has become internal.
          document = { ...restored.document, visibility: before.visibility }
          const update = { locked, before, after: document }
          return changedResponse(await writeChange(tx, resource, update, change))
        }
        const last = await findLastVersion(tx, resource, key, {
          past: restored.past,
          isLast: version === undefined,
          ifMatchHeader,
        })
        // A removed record keeps the visibility that it had last, for the same reason.
        const { visibility } = documentOf(resource, JSON.parse(last.document))
        // Records had no visibility before migration 0006.
        document = {
          ...restored.document,
          visibility: visibility ?? restored.document.visibility,
          [resource.key.property]: key,
        }
        const stored = await insertDocument(tx, resource, document, change, restored.createdAt)
        return createdResponse(resource, stored)
      })
    } catch (error) {
      throw await explainRefusal(database, resource, error, { document, key: existingKey })
    }
  },
}
