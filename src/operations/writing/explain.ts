import { getTableName } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { getDatabaseError } from '../../database/errors.ts'
import type { Resource } from '../../model/resource.ts'
import { formatPointer } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import type { Document } from './documents.ts'
import { findTakenExternalIds, findTakenKey, findTakenProperties } from './duplicates.ts'
import { findDanglingReferences, findReferences, type ReferenceValue } from './references.ts'
import { invalidBody } from './validation.ts'

const ownKey = (resource: Resource, document: Document, key: string | undefined) =>
  key ?? document[resource.key.property]

/** The context of a refused document: its key, or the keys of the documents written with it. */
interface Place {
  key?: string
  together?: ReadonlySet<string>
}

/**
 * Finds which part of a document the database refused, and why. It queries only after a refusal, so successful writes
 * cost nothing more.
 * @returns the problem, or `error` itself when no cause is found.
 */
export async function explainRefusal(
  error: unknown,
  client: Transaction,
  resource: Resource,
  document: Document,
  { key, together = new Set() }: Place = {},
): Promise<unknown> {
  const refused = getDatabaseError(error)
  if (refused?.constraint === 'revisions_version_unique') {
    const detail = `The ${resource.noun} was removed and created again concurrently; nothing was written. Retry the request.`
    return new Problem('conflict', detail, { cause: error })
  }
  switch (refused?.code) {
    case '23503': {
      const comesAlong = ({ value, reference }: ReferenceValue) =>
        reference.resource === resource.name && together.has(value)
      const faults = await findDanglingReferences(client, resource, document, comesAlong)
      return faults.length > 0 ? invalidBody(resource.noun, faults, error) : error
    }
    case '23505': {
      const faults = [
        ...(refused.table === getTableName(resource.table)
          ? findTakenProperties(resource, document, refused.detail)
          : []),
        ...(await findTakenKey(client, resource, document, key)),
        ...(await findTakenExternalIds(client, resource, document, key)),
      ]
      const pointers = faults.map(({ pointer }) => pointer)
      const errors = faults.filter(({ pointer }, at) => pointers.indexOf(pointer) === at)
      if (errors.length === 0) return error
      const detail = `The ${resource.noun} has values that must be unique and belong to another record; nothing was written.`
      return new Problem('conflict', detail, { errors, cause: error })
    }
    case '23514': {
      const faults = findReferences(resource.document, document)
        .filter(
          ({ value, reference }) =>
            reference.resource === resource.name && value === ownKey(resource, document, key),
        )
        .map(({ path }) => ({
          pointer: formatPointer(path),
          code: 'itself',
          message: `is the ${resource.noun} itself`,
        }))
      return faults.length > 0 ? invalidBody(resource.noun, faults, error) : error
    }
    case 'EN001': {
      // The message of the database begins with the key of the record that it refused, which may be another record.
      const own = ownKey(resource, document, key)
      if (!refused.message.startsWith(`${own} `) && (own !== undefined || together.size > 0)) return error
      const pointer = formatPointer([refused.column ?? ''])
      const message = `would put the ${resource.noun} below itself: choose one that is not below it`
      return invalidBody(resource.noun, [{ pointer, code: 'cycle', message }], error)
    }
    case 'EN002': {
      // The message of the database names both records.
      const own = ownKey(resource, document, key)
      if (own !== undefined && !refused.message.includes(` ${own}`)) return error
      const detail = `A public record cannot refer to an internal one: ${refused.message}. Make both public or both internal, or leave the reference out; nothing was written.`
      return new Problem('conflict', detail, { cause: error })
    }
    default:
      return error
  }
}
