import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { errorCode } from '../error-code.ts'
import { OperationalError } from '../operational-error.ts'
import { withoutTimeLimits } from './session-settings.ts'

/**
 * Maximum time to take all locks, in milliseconds; requests wait meanwhile. It is shorter than `deadlock_timeout` (one
 * second), so that the migration gives up when it and a request wait for each other. `lock_timeout` would limit the wait for
 * each lock, so `statement_timeout` limits the one statement that takes all of them.
 */
const maxLockingMs = 500

/** Pause between two attempts, in which other sessions can use the tables. */
const pauseMs = 1000

/** How long a migration tries to lock the tables, in milliseconds. */
const giveUpAfterMs = 600_000

/** SQLSTATEs of a transaction that did not get its locks: cancelled by `statement_timeout`, and deadlock. */
const inUseStates = ['57014', '40P01']

class TablesInUse extends Error {}

/**
 * Locks `records` first, as every transaction that writes does, and views before tables, as every read of a view does. Leaves
 * out the relations of extensions. `alter … owner to` the current owner takes the lock, changes nothing, and needs no
 * privilege. `lock` would need UPDATE, DELETE, TRUNCATE or, since PostgreSQL 17, MAINTAIN. A migration revokes the first three
 * from the owner of `revisions`, and in a database that was created before PostgreSQL 17, the owner has no MAINTAIN.
 */
const lockText = `do $$
declare
  statement text;
begin
  for statement in
    select format('alter table %I.%I owner to %I', nspname, relname, pg_get_userbyid(relowner))
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname in ('public', 'history', 'past', 'published', 'published_past') and relkind in ('r', 'p', 'v')
      and pg_has_role(relowner, 'usage')
      and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')
    order by relname = 'records' and nspname = 'public' desc, relkind desc, nspname, relname
  loop
    execute statement;
  end loop;
end $$`

/**
 * Locks all tables and views exclusively for the transaction of a client, so that its later statements need not wait.
 * @throws TablesInUse, after which `retryWhileInUse` tries again; any other error of PostgreSQL.
 */
export async function lockAllTables(client: pg.Client): Promise<void> {
  // Migrations of a large registry take minutes; the role may have shorter time limits.
  await client.query(`${withoutTimeLimits}; set local statement_timeout = ${maxLockingMs}`)
  try {
    await client.query(lockText)
  } catch (error) {
    throw inUseStates.includes(errorCode(error)) ? new TablesInUse() : error
  }
  await client.query('set local statement_timeout = 0')
}

/**
 * Runs a transaction that begins with `lockAllTables`, and repeats it until it gets the locks.
 * @throws OperationalError when it has not got the locks after `giveUpAfterMs`; any other error of `transaction`.
 */
export async function retryWhileInUse<T>(transaction: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + giveUpAfterMs
  for (;;) {
    try {
      return await transaction()
    } catch (error) {
      if (!(error instanceof TablesInUse)) throw error
      if (Date.now() > deadline)
        throw new OperationalError(
          `the database cannot be migrated: for ${giveUpAfterMs / 60_000} minutes, tables have been in use by transactions that do not end, such as exports; end them (pg_stat_activity shows them), and start again`,
        )
      await sleep(pauseMs)
    }
  }
}
