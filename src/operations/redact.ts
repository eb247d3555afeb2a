import { everything, type Transaction } from '../database/database.ts'
import { redactResponses } from '../database/idempotency-store.ts'
import { writeStatement } from '../database/rows.ts'
import { type Resource, recordSchema } from '../model/resource.ts'
import { Problem } from '../problems/problem.ts'
import { historyStatement } from '../query/revisions.ts'
import { aNoun } from '../wording.ts'
import { type ExpectedVersions, etagHeader, ifMatch, parseIfMatch, requireVersion } from './entity-tags.ts'
import type { ApiResponse, Operation } from './operation.ts'
import { recordNotFound } from './read.ts'
import { redactFormerRows } from './redacting/former-rows.ts'
import { redactImportedHashes } from './redacting/imported-hashes.ts'
import { redactImportedRows } from './redacting/imported-rows.ts'
import { type RedactionRequest, readRedaction, redactionBody } from './redacting/request.ts'
import { redactRevisions } from './redacting/revisions.ts'
import { getAuthorship } from './writing/authorship.ts'
import {
  type Change,
  type Document,
  documentOf,
  revisionWrite,
  updateDocuments,
} from './writing/documents.ts'
import { explainRefusal, problemAt } from './writing/explain.ts'
import { type LockedRecord, lockRecord, startWrite } from './writing/locks.ts'
import { redactionProblems } from './writing/problems.ts'
import { changedResponse } from './writing/responses.ts'
import { checkReplacement, invalidBody } from './writing/validation.ts'

/** The input of a redaction of one record. */
interface RedactionTask extends RedactionRequest {
  resource: Resource
  key: string
}

/**
 * Redacts a record outside its revisions: its rows in the schema `history`, the rows, names and hashes that imports have stored,
 * and stored responses.
 * @param wasInRevisions whether a revision of the record had what is removed.
 * @throws Problem `invalid-body` if neither a revision, nor a row in `history` or of an import, nor a name had it. Stored responses do not count.
 */
async function redactRowsAndResponses(
  tx: Transaction,
  task: RedactionTask,
  wasInRevisions: boolean,
): Promise<void> {
  const { resource, key, redaction, pointer } = task
  // Before the former rows: rows of imports are found by former external ids, which may contain the text.
  const imported = await redactImportedRows(tx, resource, key, redaction)
  await redactImportedHashes(tx, resource, key)
  const former = await redactFormerRows(tx, resource, key, redaction)
  const { text } = redaction
  if (!wasInRevisions && imported + former === 0) {
    const message =
      text === undefined
        ? `have no value in any version of the ${resource.noun}`
        : `is in no version of the ${resource.noun}, and in no stored row or name of its imports`
    throw invalidBody('request', [{ pointer, code: 'not_found', message }])
  }
  // Responses about the record contain its key in this form.
  const keyInJson = `${JSON.stringify(resource.key.property)}:${JSON.stringify(key)}`
  await redactResponses(tx, [keyInJson, ...(text === undefined ? [] : [JSON.stringify(text).slice(1, -1)])])
}

/** Checks a redacted document, as `checkReplacement`. @throws Problem with the faults at the property of the request. */
function checkRedacted({ resource, key }: RedactionTask, before: Document, redacted: Document): Document {
  try {
    return checkReplacement(resource, before, redacted)
  } catch (error) {
    throw error instanceof Problem ? problemAt('/replacement', error, resource, key) : error
  }
}

/**
 * Redacts an existing record, and writes a new version with the actor and the reason of the redaction.
 * @param redacted the redacted document of the record.
 */
async function redactRecord(
  tx: Transaction,
  task: RedactionTask,
  locked: LockedRecord,
  redacted: Document,
  change: Change,
): Promise<ApiResponse> {
  const { resource, key, redaction, pointer } = task
  const version = locked.version + 1
  const redactions = await redactRevisions(tx, resource, key, version, redaction, pointer)
  const before = documentOf(resource, JSON.parse(locked.document))
  const after = checkRedacted(task, before, redacted)
  const [stored] = await updateDocuments(tx, resource, [{ locked, before, after }], { ...change, redactions })
  if (!stored) throw new Error('a redacted record was not written')
  await redactRowsAndResponses(tx, task, Object.keys(redactions).length > 0)
  return changedResponse(stored)
}

/** Redacts the history of a removed record, and writes another revision with the operation `remove`. */
async function redactRemoved(
  tx: Transaction,
  task: RedactionTask,
  expected: ExpectedVersions,
  change: Change,
): Promise<ApiResponse> {
  const { resource, key, redaction, pointer } = task
  const { time, nextVersions } = await startWrite(tx, resource, [key], 0)
  const version = nextVersions.get(key) ?? 1
  if (version === 1) throw recordNotFound(resource, key)
  requireVersion(expected, version - 1, resource.noun)
  const redactions = await redactRevisions(tx, resource, key, version, redaction, pointer)
  const [last] = await tx.query<{ entry: { mergedInto: string | null }; document: string }>(
    historyStatement(resource, key, undefined, 1),
  )
  const stored = { key, version, document: last?.document ?? '{}' }
  const mergedInto = last?.entry.mergedInto ?? undefined
  const removal: Change = {
    ...change,
    kind: 'remove',
    redactions,
    ...(mergedInto !== undefined && { mergedInto }),
  }
  await tx.query(writeStatement([revisionWrite(resource, [stored], removal, time)]))
  // The revision is that of a removal, for which only the resource is announced. No process may serve an earlier response.
  await tx.query({ text: 'select public.announce($1)', values: [everything] })
  await redactRowsAndResponses(tx, task, Object.keys(redactions).length > 0)
  return { status: 204, headers: {} }
}

/** `POST /v1/{resource}/{key}/redact`: removes personal data from a record, its history and stored responses. */
export const redact: Operation = {
  method: 'POST',

  contract: (resource) => ({
    operationId: `redact${resource.singular}`,
    summary: `Redact ${aNoun(resource.noun)}`,
    description: 'For personal data. It cannot be undone.',
    details:
      'For administrators. Removes the values of properties, or a text, from the record and all its versions, even if the record was removed.',
    path: '/redact',
    scope: 'record',
    access: 'admin',
    query: {},
    headers: [ifMatch],
    body: {
      mediaTypes: ['application/json'],
      schema: () => redactionBody,
      example: { text: 'Jane Doe', reason: 'At her own request.' },
    },
    responses: {
      200: {
        description: 'The record.',
        schema: () => recordSchema(resource),
        headers: { etag: etagHeader },
      },
      204: { description: 'The record had been removed; its history is redacted.', headers: {} },
    },
    problems: redactionProblems,
  }),

  async handle(resource, request, { database }) {
    const { key } = request
    const expected = parseIfMatch(request.headers['if-match'])
    const task: RedactionTask = { resource, key, ...readRedaction(resource, key, request.body) }
    const change: Change = { kind: 'redact', authorship: { ...getAuthorship(request), reason: task.reason } }
    /** The redacted document, from which `explainRefusal` finds why PostgreSQL refused it. */
    let document: Document = {}
    try {
      return await database.transaction(async (tx) => {
        const locked = await lockRecord(tx, resource, key)
        if (!locked) return redactRemoved(tx, task, expected, change)
        requireVersion(expected, locked.version, resource.noun)
        document = documentOf(resource, task.redaction.redactRecord(JSON.parse(locked.document)))
        return redactRecord(tx, task, locked, document, change)
      })
    } catch (error) {
      const cause = await explainRefusal(database, resource, error, { document, key })
      throw cause !== error && cause instanceof Problem
        ? problemAt('/replacement', cause, resource, key)
        : cause
    }
  },
}
