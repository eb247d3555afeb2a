import { z } from 'zod'
import { autocommitReads, type DatabaseClient } from '../../database/database.ts'
import { keys } from '../../model/keys.ts'
import { lazyFor } from '../../model/lazy.ts'
import { managedSchemas, type Resource } from '../../model/resource.ts'
import { checkValue, formatPointer } from '../../problems/faults.ts'
import { type Fault, FaultList, Problem, prefixPointer } from '../../problems/problem.ts'
import { startSlices } from '../../time-slice.ts'
import type { Document } from './documents.ts'
import { explainRefusals } from './explain.ts'
import { findRepeatedIdentities, listIdentities } from './identities.ts'
import { checkDocument, faultCountText, invalidBody, requireObject } from './validation.ts'

/** Checks NDJSON bodies: one record per line, in the form of an export. */

/** Maximum size of a body, in bytes. */
export const maxNdjsonBytes = 16 * 1024 * 1024

/** Maximum number of records in one body. */
export const maxNdjsonLines = 1000

/** Returns a function that adds the number of a line before the pointer of a fault: `/3/title` is the title in the third line. */
const atLine = (index: number) => prefixPointer(`/${index + 1}`)

/**
 * Runs a check. If the check throws a problem with faults, adds these faults, each converted by `convert`.
 * @throws other errors of the check.
 */
function collectFaults(faults: FaultList, check: () => void, convert?: (fault: Fault) => Fault): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof Problem) || error.errors.length === 0) throw error
    faults.addProblem(error, convert)
  }
}

/**
 * The schema of those properties of a record that the registry sets, with a key that it generates; all are optional. The error of
 * the key suggests no search for the record (as that of `keys.uuid(resource)` does), since the record may not exist yet.
 */
const managedSchema = lazyFor(({ key }: Resource) => {
  const generatedKey = key.assignedBy === 'registry' && { [key.property]: keys.uuid() }
  return z.object({ ...managedSchemas, ...generatedKey }).partial()
})

/**
 * Checks one record of an NDJSON body or of a bulk request. A given key is kept, even if the registry generates the keys of
 * the resource. Version and timestamps are checked and removed: they belong to the registry that exported the record.
 * @param check checks and returns the properties that clients write.
 * @throws Problem `invalid-body` with the faults of key, version and timestamps, and those that `check` throws.
 */
export function checkWholeRecord(
  resource: Resource,
  record: unknown,
  check: (resource: Resource, body: unknown) => Document = checkDocument,
): Document {
  const { key, noun } = resource
  const { version, createdAt, updatedAt, ...rest } = requireObject(noun, record)
  const given: Document = key.assignedBy === 'registry' ? { [key.property]: rest[key.property] } : {}
  const { [key.property]: _, ...others } = rest
  const managed = { version, createdAt, updatedAt, ...given }
  const { faults = new FaultList() } = checkValue(managedSchema(resource), managed)
  let document: Document = {}
  collectFaults(faults, () => {
    document = check(resource, key.assignedBy === 'registry' ? others : rest)
  })
  if (faults.count > 0) throw invalidBody(noun, faults)
  return given[key.property] === undefined ? document : { ...given, ...document }
}

/** Adds a fault for each key or external id that an earlier line has already. */
function addRepeated(resource: Resource, documents: Document[], faults: FaultList): void {
  const entries = documents.map((document, index) => ({
    index,
    identities: listIdentities(resource, document),
  }))
  for (const { index, identity, firstIndex } of findRepeatedIdentities(entries, { isRefusedAlone: false })) {
    const message = `is the same as in line ${firstIndex + 1}`
    faults.add(() => atLine(index)({ pointer: formatPointer(identity.path), code: 'repeated', message }))
  }
}

/**
 * Checks every line of a body, in time slices, and returns the documents.
 * @throws Problem `invalid-body` with the faults of all lines.
 */
export async function checkNdjson(resource: Resource, lines: unknown[]): Promise<Document[]> {
  const documents: Document[] = []
  const faults = new FaultList()
  const pause = startSlices()
  for (const [index, line] of lines.entries()) {
    collectFaults(faults, () => documents.push(checkWholeRecord(resource, line)), atLine(index))
    await pause()
  }
  if (faults.count === 0) addRepeated(resource, documents, faults)
  if (faults.count > 0) {
    const size = lines.length === 1 ? 'one line' : `${lines.length} lines`
    throw invalidBody(`body of ${size}`, faults)
  }
  return documents
}

/**
 * Returns a problem whose faults say which lines the database refused and why. Returns a problem without faults if the cause
 * is in no line, and `error` when no cause is found.
 */
export async function explainNdjsonRefusal(
  database: DatabaseClient,
  resource: Resource,
  error: unknown,
  documents: Document[],
): Promise<unknown> {
  const createdKeys = new Set(documents.map((document) => String(document[resource.key.property])))
  const refused = documents.map((document) => ({ document }))
  const problems = await explainRefusals(autocommitReads(database), resource, error, refused, createdKeys)
  const first = problems.find((problem) => problem !== undefined)
  const faults = new FaultList()
  for (const [index, problem] of problems.entries()) if (problem) faults.addProblem(problem, atLine(index))
  if (!first) return error
  if (faults.count === 0) return first
  const where = documents.length === 1 ? 'the line' : `the ${documents.length} lines`
  const detail = `Nothing was written, because of ${faultCountText(faults.count)} in ${where}.`
  return new Problem(first.type, detail, { errors: faults, cause: error })
}
