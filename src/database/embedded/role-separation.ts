import pg from 'pg'
import { errorCode } from '../../error-code.ts'
import { roleLock as lock, servicePassword, serviceRole, superuser } from './service-role.ts'

/** Upgrades data folders of earlier versions, in which the service connected as the superuser. */

/** Returns the URL of a database for a role that has the superuser's password. */
export type GetUrl = (role: string, database: string) => string

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Whether the role of the service is still the superuser: then the role `postgres` does not exist, and its login fails.
 * Returns false after other errors, such as those of a server that is stopping; the next start checks again.
 */
async function isServiceSuperuser(getUrl: GetUrl): Promise<boolean> {
  return withClient(getUrl(superuser, 'postgres'), async () => false).catch(
    (error: unknown) => errorCode(error) === '28P01',
  )
}

/** A temporary role that renames the superuser, since no role can rename itself. `transferDatabase` drops it. */
const renamingRole = 'entente_upgrade'

/**
 * Renames the superuser, which cannot be demoted, and creates a service role under its former name.
 * @param password the password of the superuser.
 * @throws PostgreSQL's error if the service role is still the superuser afterwards. If it is not, an error is ignored, and the next
 * start checks again.
 */
export async function separateRoles(getUrl: GetUrl, password: string): Promise<void> {
  if (!(await isServiceSuperuser(getUrl))) return
  await withClient(getUrl(serviceRole, 'postgres'), async (client) => {
    await client.query('select pg_advisory_lock($1)', [lock])
    // Another process that started at the same time may already have separated the roles.
    if (!(await isServiceSuperuser(getUrl))) return
    await client.query(`drop role if exists ${renamingRole}`)
    await client.query(`create role ${renamingRole} superuser login password ${pg.escapeLiteral(password)}`)
    await withClient(getUrl(renamingRole, 'postgres'), (renamingClient) =>
      renamingClient.query(`begin; alter role ${serviceRole} rename to ${superuser};
        create role ${serviceRole} login password ${pg.escapeLiteral(servicePassword(password))}; commit`),
    )
  }).catch(async (error: unknown) => {
    // The other process may have renamed the role before this one was connected.
    if (await isServiceSuperuser(getUrl)) throw error
  })
}

/**
 * Makes the service role the owner of the superuser's objects in the database, except those of extensions. PostgreSQL has no
 * command for this: `reassign owned` refuses the superuser of initdb. The OID of this superuser is 10, and the OIDs of objects
 * that initdb did not create begin at 16384.
 */
const transfer = `do $$
declare
  command text;
begin
  perform pg_advisory_xact_lock(${lock});
  drop role if exists ${renamingRole};
  if exists (select from pg_database where datname = '${serviceRole}' and datdba = '${serviceRole}'::regrole) then
    return;
  end if;
  for command in
    select format('alter schema %I owner to ${serviceRole}', nspname) from pg_namespace as object
      where nspowner = 10 and object.oid >= 16384
        and not exists (select from pg_depend where classid = 'pg_namespace'::regclass and objid = object.oid and deptype = 'e')
    union all
    select format('alter %s %s owner to ${serviceRole}',
        case relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end,
        object.oid::regclass)
      from pg_class as object where relowner = 10 and object.oid >= 16384 and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and relnamespace not in (select oid from pg_namespace where nspname like 'pg\\_%')
        and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = object.oid and deptype in ('a', 'e', 'i'))
    union all
    select format('alter routine %s owner to ${serviceRole}', object.oid::regprocedure)
      from pg_proc as object where proowner = 10 and object.oid >= 16384
        and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = object.oid and deptype = 'e')
    union all
    select format('alter text search configuration %s owner to ${serviceRole}', object.oid::regconfig)
      from pg_ts_config as object where cfgowner = 10 and object.oid >= 16384
        and not exists (select from pg_depend where classid = 'pg_ts_config'::regclass and objid = object.oid and deptype = 'e')
  loop
    execute command;
  end loop;
  alter database ${serviceRole} owner to ${serviceRole};
end
$$`

/**
 * Makes the service role the owner of the database and of the superuser's objects in it, and drops the role that has renamed the
 * superuser, in one transaction. If the process is killed before the commit, the next start does both.
 * @throws PostgreSQL's error.
 */
export const transferDatabase = (getUrl: GetUrl): Promise<unknown> =>
  withClient(getUrl(superuser, serviceRole), (client) => client.query(transfer))
