import { z } from 'zod'
import type { Database } from '../../database/database.ts'
import { singleReads } from '../../database/database.ts'
import { managed, type Resource } from '../../model/resource.ts'
import { faultMessage, faultsOf, pointerOf } from '../../problems/faults.ts'
import { type Fault, Problem } from '../../problems/problem.ts'
import type { Document } from './documents.ts'
import { explainRefusal } from './explain.ts'
import { externalIdsIn } from './external-ids.ts'
import { checkDocument, invalidBody, requireObject } from './validation.ts'

/** Records that are written together, a line of JSON each, as an export gives them. */

/** Most records that are written together. */
export const mostLines = 1000

/** What is wrong with a line, at its place in the whole: `/3/title` is the title in the third line. */
const inLine = (faults: Fault[], at: number): Fault[] =>
  faults.map((fault) => ({ ...fault, pointer: `/${at + 1}${fault.pointer ?? ''}` }))

/** The faults that a check throws as a problem; none when it passes. */
function faultsIn(check: () => void): Fault[] {
  try {
    check()
    return []
  } catch (error) {
    if (error instanceof Problem && error.errors.length > 0) return error.errors
    throw error
  }
}

/**
 * A line's document, with the key where one is given that the registry would make otherwise. Version and timestamps must
 * be such, but are those of another registry: here they begin anew.
 */
export function documentIn(resource: Resource, line: unknown): Document {
  const { key, noun } = resource
  const { version, createdAt, updatedAt, ...rest } = requireObject(noun, line)
  const own: Document = key.madeBy === 'registry' ? { [key.property]: rest[key.property] } : {}
  const { [key.property]: _, ...others } = rest
  const keyed = z.object({ ...managed, [key.property]: key.schema }).partial()
  const checked = keyed.safeParse({ version, createdAt, updatedAt, ...own }, { error: faultMessage })
  const faults = checked.error ? faultsOf(checked.error, (path) => ({ pointer: pointerOf(path) })) : []
  let document: Document = {}
  faults.push(
    ...faultsIn(() => {
      document = checkDocument(resource, key.madeBy === 'registry' ? others : rest)
    }),
  )
  if (faults.length > 0) throw invalidBody(noun, faults)
  return own[key.property] === undefined ? document : { ...own, ...document }
}

/** What no two records of a resource share. */
export const identitiesOf = (resource: Resource, document: Document) => [
  ...(typeof document[resource.key.property] === 'string'
    ? [{ path: [resource.key.property], identity: `key ${document[resource.key.property]}` }]
    : []),
  ...externalIdsIn(document).map(({ scheme, id }, at) => ({
    path: ['externalIds', at],
    identity: `${scheme}:${id}`,
  })),
]

/** The places where a line has what is a line's before it. */
function repeated(resource: Resource, documents: Document[]): Fault[] {
  const lines = new Map<string, number>()
  return documents.flatMap((document, at) =>
    identitiesOf(resource, document).flatMap(({ path, identity }) => {
      const before = lines.get(identity)
      lines.set(identity, before ?? at)
      if (before === undefined || before === at) return []
      const message = `is that of line ${before + 1} already`
      return inLine([{ pointer: pointerOf(path), code: 'repeated', message }], at)
    }),
  )
}

/**
 * The documents of a body's lines.
 * @throws Problem `invalid-body` with every fault of every line.
 */
export function checkLines(resource: Resource, lines: unknown[]): Document[] {
  const documents: Document[] = []
  const faults = lines.flatMap((line, at) =>
    inLine(
      faultsIn(() => documents.push(documentIn(resource, line))),
      at,
    ),
  )
  if (faults.length === 0) faults.push(...repeated(resource, documents))
  if (faults.length > 0) throw invalidBody(`body of ${lines.length} lines`, faults)
  return documents
}

/** Finds out which lines the database has refused, and why; the error itself when there is no more to say. */
export async function explainLines(
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
    faults.push(...inLine(problem.errors, at))
  }
  if (!first) return error
  const detail = `Nothing was written, because of ${faults.length === 1 ? 'one fault' : `${faults.length} faults`} in the ${documents.length} lines.`
  return new Problem(first.type, detail, { errors: faults, cause: error })
}
