import type { Database } from '../../database/database.ts'
import type { Registry } from '../../model/registry.ts'
import { findDecisions } from './decisions.ts'
import { type MentionedName, resolveMentions, storeResolved } from './names.ts'
import type { ImportJob } from './store.ts'

/** Number of names that are resolved together. */
const batchSize = 1000

/**
 * Resolves those names of an import again whose records have been removed or merged since they were resolved, such as by the undo
 * of another import. Otherwise, the rows with these names would be refused, even if their records can be created.
 * @throws the reason of `signal`, between two batches.
 */
export async function resolveGoneNames(
  database: Pick<Database, 'read' | 'transaction'>,
  registry: Registry,
  { id, scheme }: ImportJob,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  for (let after = ''; ; ) {
    signal.throwIfAborted()
    const names = await database.read<MentionedName>({
      text: `select identity, mention from import_names
        where import = $1 and identity > $2 and key is not null and not exists (select from records
          where records.resource = mention ->> 'resource' and records.key = import_names.key and merged_into is null)
        order by identity limit $3`,
      values: [id, after, batchSize],
    })
    const last = names.at(-1)
    if (!last) return
    after = last.identity
    const findDecision = await findDecisions(
      database,
      registry,
      scheme,
      names.map(({ mention }) => mention),
    )
    const resolved = await resolveMentions(database, registry, names, findDecision)
    await database.transaction((tx) => storeResolved(tx, id, resolved))
  }
}
