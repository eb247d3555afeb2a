import { z } from 'zod'
import type { Transaction } from '../database/database.ts'
import { exampleKey, type Resource } from '../model/resource.ts'
import { registerRequestSchema } from '../model/schema-names.ts'
import { checkValue } from '../problems/faults.ts'
import { Problem } from '../problems/problem.ts'
import { aNoun } from '../wording.ts'
import { parseIfMatch, requireVersion } from './entity-tags.ts'
import { findMergedInto } from './merged.ts'
import type { ApiRequest, Operation } from './operation.ts'
import { recordNotFound } from './read.ts'
import { memoizeByKey } from './response-schemas.ts'
import { maxVersion } from './revision-schema.ts'
import { getAuthorship } from './writing/authorship.ts'
import { changeContract } from './writing/change.ts'
import { type Change, type Document, documentOf, updateDocuments } from './writing/documents.ts'
import { runOnce } from './writing/idempotency.ts'
import { type LockedRecord, lockRecords } from './writing/locks.ts'
import {
  acquireMergeLocks,
  deleteMerged,
  explainMergeRefusal,
  type MergedPair,
  maxMovedReferrers,
  mergeDocuments,
  releaseMerged,
  updateReferrers,
} from './writing/merging.ts'
import { changedResponse } from './writing/responses.ts'
import { invalidBody } from './writing/validation.ts'

const mergeBody = memoizeByKey((schemaName, { schema }, example) =>
  registerRequestSchema(
    schemaName('MergeTarget'),
    z
      .strictObject({
        into: schema.clone().meta({ description: 'Key of the remaining record.' }),
        version: z.int().min(1).max(maxVersion).optional().meta({
          description: 'Version of the remaining record, as it was read; not checked when left out.',
        }),
      })
      .meta({ description: 'The record to merge into.', examples: [{ into: example }] }),
  ),
)

/** Reads the body. @throws Problem `invalid-body`, such as for a target that is the record itself. */
function readBody(
  resource: Resource,
  { key, body }: ApiRequest,
): { into: string; version?: number | undefined } {
  const { data, faults } = checkValue(mergeBody(resource), body)
  if (faults) throw invalidBody('request', faults)
  if (data.into !== key) return data
  throw invalidBody('request', [
    { pointer: '/into', code: 'itself', message: `is the ${resource.noun} itself` },
  ])
}

/** Checks the version of the remaining record. @throws Problem `stale-version` if it is not `expected`. */
function requireRemainingVersion(
  { noun }: Resource,
  { key, version }: LockedRecord,
  expected: number | undefined,
): void {
  if (expected === undefined || expected === version) return
  const detail = `The ${noun} ${key} is at version ${version} now; the request was based on version ${expected}. Read it again, and merge with its current version.`
  const message = `the ${noun} ${key} is at version ${version}, not ${expected}`
  // Without the header ETag, which would mean the record in the path.
  throw new Problem('stale-version', detail, {
    errors: [{ pointer: '/version', code: 'stale_version', message }],
  })
}

/** Returns the problem of a target that does not exist; if it was merged itself, with the key of the remaining record. */
async function missingTarget(tx: Transaction, resource: Resource, key: string): Promise<Problem> {
  const mergedInto = await findMergedInto(tx, resource, key)
  const message =
    mergedInto === undefined
      ? `there is no ${resource.noun} "${key}"`
      : `the ${resource.noun} "${key}" was merged into "${mergedInto}": use this key`
  return invalidBody('request', [{ pointer: '/into', code: 'dangling_reference', message }])
}

/** Whether a record is hidden from readers without a role: it is internal or, as a citation, belongs to an internal record. */
async function isHidden(tx: Transaction, id: string): Promise<boolean> {
  const text = 'select from published.hidden_records where id = $1'
  return (await tx.query({ text, values: [id] })).length > 0
}

/** Checks that both records of a merge are visible to the same readers. @throws Problem `conflict` otherwise. */
async function requireSameVisibility(tx: Transaction, pair: MergedPair): Promise<void> {
  const { resource, from, into, mergedDocument, remainingDocument } = pair
  const isSame =
    mergedDocument.visibility === remainingDocument.visibility &&
    (await isHidden(tx, from.id)) === (await isHidden(tx, into.id))
  if (isSame) return
  const detail = `The ${resource.noun} ${from.key} is not as visible as ${into.key}: one of them is internal, or belongs to an internal record. Make both equally visible, then merge.`
  throw new Problem('conflict', detail)
}

/** `POST /v1/{resource}/{key}/merge`: merges a duplicate into another record of the resource. */
export const merge: Operation = {
  method: 'POST',

  contract: (resource) => ({
    ...changeContract(resource),
    operationId: `merge${resource.singular}`,
    summary: `Merge ${aNoun(resource.noun)} into another one`,
    description: 'For duplicates. It cannot be undone.',
    details: `All references to the record (by up to ${maxMovedReferrers} records) move to the remaining one. It takes over external ids, aliases, and names (as aliases), and keeps its other values. Afterwards, reads of the merged key get \`308\`, and changes \`410\`. Both histories stay. \`If-Match\` has the version of the merged record, \`version\` the version of the remaining one.`,
    path: '/merge',
    body: {
      mediaTypes: ['application/json'],
      schema: () => mergeBody(resource),
      example: { into: exampleKey(resource) },
    },
  }),

  async handle(resource, request, { database }) {
    const { key } = request
    const expected = parseIfMatch(request.headers['if-match'])
    const body = readBody(resource, request)
    const change: Change = { kind: 'merge', authorship: getAuthorship(request) }
    /** The new document of the remaining record, from which `explainMergeRefusal` finds why PostgreSQL refused the merge. */
    let document: Document = {}
    try {
      return await runOnce(database, request, async (tx) => {
        await acquireMergeLocks(tx, resource, { key, into: body.into })
        const locked = await lockRecords(tx, resource, [key, body.into])
        const from = locked.get(key)
        if (!from) throw recordNotFound(resource, key)
        requireVersion(expected, from.version, resource.noun)
        const into = locked.get(body.into)
        if (!into) throw await missingTarget(tx, resource, body.into)
        requireRemainingVersion(resource, into, body.version)
        const mergedDocument = documentOf(resource, JSON.parse(from.document))
        const remainingDocument = documentOf(resource, JSON.parse(into.document))
        const pair = { resource, from, into, mergedDocument, remainingDocument }
        await requireSameVisibility(tx, pair)
        document = mergeDocuments(pair)
        await updateReferrers(tx, pair, change)
        await releaseMerged(tx, pair, change)
        const [stored] = await updateDocuments(
          tx,
          resource,
          [{ locked: into, before: remainingDocument, after: document }],
          change,
        )
        if (!stored) throw new Problem('internal', `The ${resource.noun} ${into.key} was not written.`)
        // The remaining record may have referred to the merged one.
        await deleteMerged(tx, pair)
        return changedResponse(stored)
      })
    } catch (error) {
      throw await explainMergeRefusal(database, resource, error, { document, key: body.into })
    }
  },
}
