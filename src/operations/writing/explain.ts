import { getTableName } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { databaseErrorOf } from '../../database/errors.ts'
import type { Resource } from '../../model/resource.ts'
import { pointerOf } from '../../problems/faults.ts'
import { Problem } from '../../problems/problem.ts'
import type { Document } from './documents.ts'
import { findTakenExternalIds, findTakenKey, findTakenProperties } from './duplicates.ts'
import { findDanglingReferences, findReferences, type ReferenceValue } from './references.ts'
import { invalidBody } from './validation.ts'

const ownKey = (resource: Resource, document: Document, key: string | undefined) =>
  key ?? document[resource.key.property]

/** Where a refused document stands: under which key, or together with which other keys it was to be written. */
interface Place {
  key?: string
  together?: ReadonlySet<string>
}

/**
 * Finds out which part of a document the database has refused, and why. It asks only after the fact: writes that
 * succeed pay nothing for good explanations.
 * @returns the problem, or the error itself when there is no more to say.
 */
export async function explainRefusal(
  error: unknown,
  client: Transaction,
  resource: Resource,
  document: Document,
  { key, together = new Set() }: Place = {},
): Promise<unknown> {
  const refused = databaseErrorOf(error)
  if (refused?.constraint === 'revisions_version_unique') {
    const detail = `The ${resource.noun} was removed and made again at the same moment; nothing was written. Send it again.`
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
      const detail = `The ${resource.noun} shares with another one what must be its own; nothing was written.`
      return new Problem('conflict', detail, { errors, cause: error })
    }
    case '23514': {
      const faults = findReferences(resource.document, document)
        .filter(
          ({ value, reference }) =>
            reference.resource === resource.name && value === ownKey(resource, document, key),
        )
        .map(({ path }) => ({
          pointer: pointerOf(path),
          code: 'itself',
          message: `is the ${resource.noun} itself`,
        }))
      return faults.length > 0 ? invalidBody(resource.noun, faults, error) : error
    }
    case 'EN001': {
      // It says which record, and has been refused for no other.
      const own = ownKey(resource, document, key)
      if (!refused.message.startsWith(`${own} `) && (own !== undefined || together.size > 0)) return error
      const pointer = pointerOf([refused.column ?? ''])
      const message = `would put the ${resource.noun} below itself: choose one that is not below it`
      return invalidBody(resource.noun, [{ pointer, code: 'cycle', message }], error)
    }
    default:
      return error
  }
}
