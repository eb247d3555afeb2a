import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { records, revisions } from '../../database/tables/index.ts'
import type { Author } from '../../database/tables/revisions.ts'
import { placeholder, statement } from '../../query/statement.ts'

/** The actor of revisions of writes that bypassed the service. */
const databaseAuthor: Author = { kind: 'database', id: null, name: null }

/**
 * Writes the revisions of records whose last write bypassed the service, with the time of that write. The records must be
 * locked. If an earlier transaction that locked a record has written its revision already, no other is written for this record.
 * @param written ids and composed documents of the records.
 */
export async function writeDatabaseRevisions(
  tx: Transaction,
  written: { id: string; document: string }[],
): Promise<void> {
  if (written.length === 0) return
  const build =
    () => sql`insert into ${revisions} (resource, key, version, operation, document, actor, "time")
    select resource, key, version, case when coalesce((
        select operation from ${revisions} as last where last.resource = ${records}.resource and last.key = ${records}.key
        order by version desc limit 1
      ), 'remove') = 'remove' then 'create' else 'replace' end,
      given.document::json, ${placeholder('actor')}::json, updated_at
    from unnest(${placeholder('ids')}::uuid[], ${placeholder('documents')}::text[]) as given(id, document)
    join ${records} using (id)
    on conflict (resource, key, version) do nothing`
  const values = {
    actor: JSON.stringify(databaseAuthor),
    ids: written.map(({ id }) => id),
    documents: written.map(({ document }) => document),
  }
  await tx.query(statement('database revisions', build, values))
}
