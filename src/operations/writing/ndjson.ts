import { z } from 'zod'
import type { Database } from '../../database/database.ts'
import { singleReads } from '../../database/database.ts'
import { managed, type Resource } from '../../model/resource.ts'
import { faultMessage, formatPointer, toFaults } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import type { Document } from './documents.ts'
import { explainRefusal } from './explain.ts'
import { getExternalIds } from './external-ids.ts'
import { checkDocument, invalidBody, requireObject } from './validation.ts'

/** Checks NDJSON bodies: one record a line, in the form of an export. */

/** Maximum number of records in one body. */
export const maxNdjsonLines = 1000

/** Prefixes pointers with the line's number: `/3/title` is the title in the third line. */
const atLine = (faults: Fault[], at: number): Fault[] =>
  faults.map((fault) => ({ ...fault, pointer: `/${at + 1}${fault.pointer ?? ''}` }))

/** Runs a check and returns the faults of the problem that it throws; none when it passes. */
function collectFaults(check: () => void): Fault[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof Problem && error.errors.length > 0) return error.errors
    throw error
  }
}

/**
 * Checks one imported record. A given key is kept, also where the registry would generate one. Version and timestamps
 * are checked and dropped: they belong to the registry that exported the record.
 * @throws Problem `invalid-body` with every fault.
 */
export function checkImportedDocument(resource: Resource, line: unknown): Document {
  const { key, noun } = resource
  const { version, createdAt, updatedAt, ...rest } = requireObject(noun, line)
  const own: Document = key.madeBy === 'registry' ? { [key.property]: rest[key.property] } : {}
  const { [key.property]: _, ...others } = rest
  const keyed = z.object({ ...managed, [key.property]: key.schema }).partial()
  const checked = keyed.safeParse({ version, createdAt, updatedAt, ...own }, { error: faultMessage })
  const faults = checked.error ? toFaults(checked.error, (path) => ({ pointer: formatPointer(path) })) : []
  let document: Document = {}
  faults.push(
    ...collectFaults(() => {
      document = checkDocument(resource, key.madeBy === 'registry' ? others : rest)
    }),
  )
  if (faults.length > 0) throw invalidBody(noun, faults)
  return own[key.property] === undefined ? document : { ...own, ...document }
}

/** Lists the unique identities of a document: its key and its external ids, each with its path. */
export const listIdentities = (resource: Resource, document: Document) => [
  ...(typeof document[resource.key.property] === 'string'
    ? [{ path: [resource.key.property], identity: `key ${document[resource.key.property]}` }]
    : []),
  ...getExternalIds(document).map(({ scheme, id }, at) => ({
    path: ['externalIds', at],
    identity: `${scheme}:${id}`,
  })),
]

/** Finds the identities that an earlier line has already. */
function findRepeated(resource: Resource, documents: Document[]): Fault[] {
  const lines = new Map<string, number>()
  return documents.flatMap((document, at) =>
    listIdentities(resource, document).flatMap(({ path, identity }) => {
      const before = lines.get(identity)
      lines.set(identity, before ?? at)
      if (before === undefined || before === at) return []
      const message = `is that of line ${before + 1} already`
      return atLine([{ pointer: formatPointer(path), code: 'repeated', message }], at)
    }),
  )
}

/**
 * Checks every line of a body and returns the documents.
 * @throws Problem `invalid-body` with every fault of every line.
 */
export function checkNdjson(resource: Resource, lines: unknown[]): Document[] {
  const documents: Document[] = []
  const faults = lines.flatMap((line, at) =>
    atLine(
      collectFaults(() => documents.push(checkImportedDocument(resource, line))),
      at,
    ),
  )
  if (faults.length === 0) faults.push(...findRepeated(resource, documents))
  if (faults.length > 0) throw invalidBody(`body of ${lines.length} lines`, faults)
  return documents
}

/** Returns a problem that says which lines the database refused and why, or `error` when no cause is found. */
export async function explainNdjsonRefusal(
  error: unknown,
  database: Database,
  resource: Resource,
  documents: Document[],
): Promise<unknown> {
  const together = new Set(documents.map((document) => String(document[resource.key.property])))
  const faults: Fault[] = []
  let first: Problem | undefined
  for (const [at, document] of documents.entries()) {
    const problem = await explainRefusal(error, singleReads(database), resource, document, { together })
    if (!(problem instanceof Problem) || problem === error) continue
    first ??= problem
    faults.push(...atLine(problem.errors, at))
  }
  if (!first) return error
  const detail = `Nothing was written, because of ${faults.length === 1 ? 'one fault' : `${faults.length} faults`} in the ${documents.length} lines.`
  return new Problem(first.type, detail, { errors: faults, cause: error })
}
