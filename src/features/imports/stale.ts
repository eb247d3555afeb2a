import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/database.ts'
import { compileSql } from '../../database/dialect.ts'
import { identitySql } from './identities.ts'
import type { ImportJob } from './store.ts'

/** Dry runs that no longer show what a commit would do, since another import, or its undo, has written the same records. */

/** The id of an import, and the name of its file; null until all its files have arrived. */
export interface NamedImport {
  import: string
  file: string | null
}

/** An import that writes or has written records, also by its undo. */
interface Writer extends NamedImport {
  /** Whether its commit is still running. */
  isCommitting: boolean
}

/**
 * SQL of the identities of records that have changed since the dry run of an import ended, and that another import had written
 * before, whose undo has ended or failed since. Each identity comes with the other import. A removed record has no external ids, so
 * the ids are from the revisions.
 */
const undoneSince = ({ id, scheme }: ImportJob) => sql`
  select other.id, ${identitySql(sql`written.resource`, scheme, sql`given.id`)}
    from imports this join imports other on other.scheme = this.scheme
      and (other.undone_at > this.staged_at or other.state = 'failed')
    join import_records written on written.import = other.id and written.action <> 'none' and written.undone
    join revisions on revisions.resource = written.resource and revisions.key = written.key
      and revisions.version = written.version_after and revisions.time <= this.staged_at
    cross join json_to_recordset(revisions.document -> 'externalIds') as given(scheme text, id text)
    where this.id = ${id} and given.scheme = ${scheme} and exists (select from revisions later
      where later.resource = written.resource and later.key = written.key and later.time > this.staged_at)`

/**
 * SQL of the identities (`import_rows.ids`) of records that other imports of the scheme have written since the dry run of an import
 * ended, or are writing now, each with the import. Of a running commit, these are all records of its rows. A failed commit
 * has no `committed_at`: the time of the last record that it wrote counts instead.
 */
const writtenSince = ({ id, scheme }: ImportJob) => sql`
  select other.id as import, ${identitySql(sql`records.resource`, scheme, sql`external_ids.id`)} as identity
    from imports this join imports other on other.scheme = this.scheme and other.id <> this.id
      and other.state in ('committed', 'failed') and coalesce(other.committed_at, (
        select revisions.time from import_records last
          join revisions on revisions.resource = last.resource and revisions.key = last.key and revisions.version = last.version_after
          where last.import = other.id and last.action <> 'none' order by last.sequence desc limit 1)) > this.staged_at
    join import_records written on written.import = other.id and written.action <> 'none' and not written.undone
    join records on records.resource = written.resource and records.key = written.key
    join external_ids on external_ids.record = records.id and external_ids.scheme = ${scheme}
    where this.id = ${id}
  union all
  select import_rows.import, unnest(import_rows.ids) from imports other join import_rows on import_rows.import = other.id
    where other.scheme = ${scheme} and other.id <> ${id} and other.state = 'committing' and import_rows.state <> 'skipped'`

/**
 * Finds another import that has written records of a staged import since the dry run of the staged import, is writing them now, or
 * had written them before and was undone since. A commit of the staged import would replace the values that are stored now, though
 * the report of its dry run compares the file with earlier values.
 *
 * The statement groups the identities instead of joining them: while PostgreSQL has no statistics for new rows, it may run a join
 * as a nested loop.
 * @returns the latest such import; undefined if there is none.
 */
export async function findWriterSinceCheck(tx: Transaction, job: ImportJob): Promise<Writer | undefined> {
  const [writer] = await tx.query<Writer>(
    compileSql(sql`with written as materialized (${writtenSince(job)} union all ${undoneSince(job)}), shared as (
        select max(import::text)::uuid as import from (
          select import, identity from written
          union all
          select null, unnest(ids) from import_rows
            where import = ${job.id} and state = 'ready' and exists (select from written)
        ) as found group by identity having count(import) > 0 and count(*) > count(import)
      )
      select id as import, files->0->>'name' as file, state = 'committing' as "isCommitting"
        from imports where id in (select import from shared) order by id desc limit 1`),
  )
  return writer
}
