import { type SQL, sql } from 'drizzle-orm'
import type { AnyPgColumn } from 'drizzle-orm/pg-core'
import { foldCode } from '../../database/folding.ts'
import { externalIdKey } from '../../model/schemas.ts'
import { getExternalIds } from '../../operations/writing/external-ids.ts'
import type { Draft, IdentifiedRecord } from './types.ts'

/** Returns the identity of a record within a file: the resource and the external id. */
export const recordIdentity = ({ resource, externalId }: IdentifiedRecord): string =>
  `${resource} ${externalIdKey(externalId)}`

/** Returns SQL of a record's identity (`recordIdentity`). @param scheme the scheme of the external id. */
export const identitySql = (resource: SQL, scheme: string, id: SQL | AnyPgColumn): SQL =>
  sql`${resource} || ' ' || ${scheme}::text || ':' || ${foldCode(id)}`

/** Returns the identities of all ids of a draft's record: its id in the register, and those that the mapping states. */
export function draftIdentities(draft: Draft): string[] {
  const { resource, document } = draft
  const others = document.externalIds === undefined ? [] : getExternalIds(document)
  return [recordIdentity(draft), ...others.map((externalId) => recordIdentity({ resource, externalId }))]
}
