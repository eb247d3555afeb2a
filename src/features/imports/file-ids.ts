import type { Transaction } from '../../database/database.ts'
import { draftIdentities, recordIdentity } from './identities.ts'
import { readPages } from './rows.ts'
import type { Draft } from './types.ts'

/**
 * A record may have several ids in the scheme of the import, such as after a merge. Finds which ids of such records occur in the
 * staged file, in rows that are not skipped. These ids decide which row changes the record. Every other record is changed by the
 * row of its only id.
 * @returns the identities (`recordIdentity`) of these ids.
 */
export async function findDecidingIds(
  tx: Transaction,
  { id, scheme }: { id: string; scheme: string },
): Promise<ReadonlySet<string>> {
  const ids = await tx.query<{ resource: string; id: string }>({
    text: `select resource, id from external_ids where scheme = $1 and record in (
        select record from external_ids where scheme = $1 group by record having count(*) > 1)`,
    values: [scheme],
  })
  if (ids.length === 0) return new Set()
  const identities = ids.map((row) =>
    recordIdentity({ resource: row.resource, externalId: { scheme, id: row.id } }),
  )
  const found = await tx.query<{ identity: string }>({
    text: `select distinct identity from import_rows, unnest(ids) as identities(identity)
      where import = $1 and state <> 'skipped' and identity = any($2)`,
    values: [id, identities],
  })
  return new Set(found.map(({ identity }) => identity))
}

/** Number of rows that are read together. */
const pageSize = 500

/**
 * The ids of the records that the ready rows of an import create or change. The ids of a resource are read when they are first
 * needed, and held in memory.
 */
export class ReadyRowIds {
  readonly #tx: Transaction
  readonly #id: string
  readonly #byResource = new Map<string, Set<string>>()

  /** @param id the id of the import. */
  constructor(tx: Transaction, id: string) {
    this.#tx = tx
    this.#id = id
  }

  /** Returns the given identities (`recordIdentity`) that ready rows have. */
  async find(identities: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const identity of identities) {
      const [resource = ''] = identity.split(' ', 1)
      const known = this.#byResource.get(resource) ?? (await this.#read(resource))
      this.#byResource.set(resource, known)
      if (known.has(identity)) found.push(identity)
    }
    return found
  }

  /** Removes the ids of drafts whose row is refused. */
  remove(drafts: readonly Draft[]): void {
    for (const draft of drafts)
      for (const identity of draftIdentities(draft)) this.#byResource.get(draft.resource)?.delete(identity)
  }

  async #read(resource: string): Promise<Set<string>> {
    const identities = new Set<string>()
    for await (const rows of readPages(this.#tx, { id: this.#id, state: 'ready' }, pageSize))
      for (const draft of rows.flatMap(({ drafts }) => drafts))
        if (draft.resource === resource)
          for (const identity of draftIdentities(draft)) identities.add(identity)
    return identities
  }
}
