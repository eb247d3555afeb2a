import type { Transaction } from '../../database/database.ts'
import { getExternalIds } from '../../operations/writing/external-ids.ts'
import { draftIdentity } from './stage.ts'
import type { Draft } from './types.ts'

/** Returns the identities of all ids of a draft's record: its id in the register, and those that the mapping states. */
export function draftIdentities(draft: Draft): string[] {
  const { resource, document } = draft
  const others = document.externalIds === undefined ? [] : getExternalIds(document)
  return [draftIdentity(draft), ...others.map((externalId) => draftIdentity({ resource, externalId }))]
}

/**
 * Returns the ids that the staged file of an import has of records with several ids in its scheme, such as after a merge. Other
 * ids are not needed: a record with one id is changed by the row of this id.
 * @returns the identities of the ids (`draftIdentity`).
 */
export async function readIdsInFile(
  tx: Transaction,
  { id, scheme }: { id: string; scheme: string },
): Promise<ReadonlySet<string>> {
  const shared = await tx.query<{ resource: string; id: string }>({
    text: `select resource, id from external_ids where scheme = $1 and record in (
        select record from external_ids where scheme = $1 group by record having count(*) > 1)`,
    values: [scheme],
  })
  if (shared.length === 0) return new Set()
  const identities = shared.map((one) => draftIdentity({ ...one, externalId: { scheme, id: one.id } }))
  const found = await tx.query<{ identity: string }>({
    text: `select distinct identity from import_rows, unnest(ids) as identities(identity)
      where import = $1 and identity = any($2)`,
    values: [id, identities],
  })
  return new Set(found.map(({ identity }) => identity))
}
